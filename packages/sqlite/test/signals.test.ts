import { assert } from 'chai'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createCacheManager, WriteBehind, WriteBehindError } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { child, failure, temporaryFiles } from './files.js'

describe('write-behind on SQLite when its process is told to end', () => {
  const files = temporaryFiles()

  /** A process with so many writes pending, whose sink takes so long for each batch of 100. */
  const started = async (count: number, sinkMs: number, deadline: number, way = 'signal') => {
    const [log, sunk] = [files.next('log'), files.next('sunk')]
    const process = child('drain-until-signalled', log, sunk, ...[count, sinkMs, deadline].map(String), way)
    const ended = once(process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const lines = createInterface({ input: process.stdout })
    await once(lines, 'line')
    return { log, sunk, process, ended }
  }
  const kept = async (path: string) => {
    const log = sqliteWriteLog(path)
    await log.open()
    const writes = await log.pending()
    await log.close()
    return writes.map((write) => Number(JSON.parse(write.key.replace(/^\D*/, ''))))
  }
  const sunkOf = (path: string) =>
    existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean).map(Number) : []

  it('W14: SIGTERM with 10,000 pending: all reach the sink, and it ends with 143', async () => {
    const { log, sunk, process, ended } = await started(10_000, 0, 20_000)
    process.kill('SIGTERM')
    assert.deepEqual(await ended, [143, null])
    assert.lengthOf(new Set(sunkOf(sunk)), 10_000)
    assert.lengthOf(sunkOf(sunk), 10_000)
    assert.deepEqual(await kept(log), [])
  })

  it('W14: a sink that is too slow: it ends at its deadline, and what is left is in the log', async () => {
    const { log, sunk, process, ended } = await started(10_000, 200, 400)
    const began = performance.now()
    process.kill('SIGINT')
    assert.deepEqual(await ended, [130, null])
    assert.isBelow(performance.now() - began, 2_400)
    const [left, done] = [await kept(log), sunkOf(sunk)]
    assert.isAbove(left.length, 0)
    assert.isAbove(done.length, 0)
    assert.lengthOf(new Set([...left, ...done]), 10_000, 'none is lost')
  })

  it('a second signal ends it at once', async () => {
    const { log, sunk, process, ended } = await started(1_000, 60_000, 60_000)
    process.kill('SIGTERM')
    const began = performance.now()
    const again = setInterval(() => process.kill('SIGTERM'), 50)
    const end = await ended
    clearInterval(again)
    assert.deepEqual(end, [143, null])
    assert.isBelow(performance.now() - began, 5_000)
    assert.lengthOf(new Set([...(await kept(log)), ...sunkOf(sunk)]), 1_000)
  })

  it('D28: a close that nobody awaits keeps the process alive until it is done', async () => {
    const { log, sunk, ended } = await started(1, 20, 20_000, 'destroy')
    assert.deepEqual(await ended, [0, null])
    assert.lengthOf(sunkOf(sunk), 1)
    assert.deepEqual(await kept(log), [])
  })

  it('a deploy: what the new process takes while the old one drains waits for its end, then is in the log', async () => {
    const { log, sunk, process, ended } = await started(1_000, 50, 20_000)
    const caches = createCacheManager({
      writeLog: sqliteWriteLog(log, { durability: 'normal' }),
      caches: { jobs: { writes: { flushEvery: 1 } } },
    })
    const drained: number[] = []
    class Service {
      @WriteBehind({ cache: 'jobs', key: (n: number) => ['job', n], operation: 'Service.add' })
      async add(n: number): Promise<void> {
        drained.push(n)
      }
    }
    const service = caches.bind(new Service())
    // Reads are not held up.
    assert.strictEqual(await caches.cache('jobs').getOrLoad('a', async () => sunkOf(sunk).length), 0)
    const taken = Promise.all([5_000, 5_001].map((n) => service.add(n).then(() => sunkOf(sunk).length)))
    process.kill('SIGTERM')
    assert.deepEqual(await taken, [1_000, 1_000], 'acknowledged once the old one had drained')
    assert.deepEqual(await ended, [143, null])
    await caches.flush()
    assert.deepEqual(drained.sort(), [5_000, 5_001])
    await caches.close()
  })

  it('a close while another drains the log ends at once', async () => {
    const { log, process, ended } = await started(1, 60_000, 60_000)
    const caches = createCacheManager({ writeLog: sqliteWriteLog(log), caches: { jobs: {} } })
    const refused = failure(caches.ready())
    const began = performance.now()
    await caches.close()
    assert.match((await refused).message, /another process/)
    assert.isBelow(performance.now() - began, 5_000)
    process.kill('SIGKILL')
    await ended
  })

  it('W16: while it lives another manager may not drain its log; once it is killed, at once', async () => {
    const { log, process, ended } = await started(100, 60_000, 60_000)
    const next = createCacheManager({ writeLog: sqliteWriteLog(log, { handover: 20 }), caches: { jobs: {} } })
    const refused = await failure(next.ready())
    assert.instanceOf(refused, WriteBehindError)
    assert.match(refused.message, /another process/)
    process.kill('SIGKILL')
    await ended
    await next.ready()
    assert.strictEqual(next.cache('jobs').writes.pending(), 100)
    assert.strictEqual((await next.close({ deadline: 0 })).left, 100)
    const third = createCacheManager({ writeLog: sqliteWriteLog(log), caches: { jobs: {} } })
    await third.ready()
    await third.close({ deadline: 0 })
  })
})
