import { assert } from 'chai'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { CacheConfigError, WriteBehindError } from '@cachesmith/core'
import { aWrite, writeLogConformance } from '@cachesmith/core/testing'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { child, failure, otherHand, temporaryFiles } from './files.js'

for (const durability of ['full', 'normal'] as const) {
  describe(`a SQLite write log, '${durability}'`, () => {
    const files = temporaryFiles()
    const paths = new Map<object, string>()
    const opened = async (path: string) => {
      const log = sqliteWriteLog(path, { durability })
      paths.set(log, path)
      await log.open()
      return log
    }
    writeLogConformance({
      describe,
      it,
      assert,
      make: () => opened(files.next()),
      reopen: async (log) => {
        await log.close()
        return opened(paths.get(log) ?? '')
      },
    })

    it('is durable, and keeps its file in the mode that it promises', async () => {
      const log = await opened(files.next())
      assert.isTrue(log.durable)
      await log.close()
    })

    for (let round = 0; round < 3; round++) {
      it(`keeps all that it acknowledged to a process killed right after (W1), round ${round}`, async () => {
        const path = files.next()
        const writer = child('append-until-killed', path, durability)
        const acknowledged: string[] = []
        for await (const line of createInterface({ input: writer.stdout })) {
          acknowledged.push(line)
          if (acknowledged.length === 200 + 31 * round) writer.kill('SIGKILL')
        }
        const log = await opened(path)
        const kept = (await log.pending()).map((write) => write.id)
        assert.isAbove(acknowledged.length, 199)
        assert.includeMembers(kept, acknowledged)
        assert.deepEqual(kept, [...kept].sort(), 'order of append')
        await log.append([aWrite({ id: 'z after' })])
        assert.strictEqual((await log.pending()).at(-1)?.id, 'z after')
        await log.close()
      })
    }
  })
}

describe('a SQLite write log in trouble', () => {
  const files = temporaryFiles()
  const opened = async (path: string, options: Parameters<typeof sqliteWriteLog>[1] = {}) => {
    const log = sqliteWriteLog(path, options)
    await log.open()
    return log
  }
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      return aWrite({ id: `w${String(n).padStart(5, '0')}`, payload: 'x'.repeat(200) })
    })

  it('locked past the budget: appends reject, nothing is kept of them, later ones are (W13)', async () => {
    const path = files.next()
    const log = await opened(path, { patience: 20 })
    const hand = await otherHand(path)
    await hand.run('BEGIN IMMEDIATE')
    const errors = await Promise.all(['a', 'b', 'c'].map((id) => failure(log.append([aWrite({ id })]))))
    for (const error of errors) {
      assert.instanceOf(error, WriteBehindError)
      assert.match(error.message, /SQLITE_BUSY/)
    }
    await hand.run('ROLLBACK')
    await log.append([aWrite({ id: 'd' })])
    assert.deepEqual(
      (await log.pending()).map((write) => write.id),
      ['d'],
    )
    await hand.close()
    await log.close()
  })

  it('full: appends reject whole, those before are kept, and it takes more once some are done (W12)', async () => {
    const log = await opened(files.next(), { maxBytes: 100_000 })
    const writes = many(100)
    await log.append(writes)
    const error = await failure(log.append(many(2_000).slice(100)))
    assert.instanceOf(error, WriteBehindError)
    assert.match(error.message, /SQLITE_FULL/)
    assert.deepEqual((await log.pending()).length, 100)
    await log.done(writes.map((write) => write.id))
    await log.append(many(150).slice(100))
    assert.deepEqual((await log.pending()).length, 50)
    await log.close()
  })

  it('an append that comes twice, its first answer lost, is kept once', async () => {
    const log = await opened(files.next())
    await log.append([aWrite(), aWrite({ id: 'w2' })])
    await log.append([aWrite(), aWrite({ id: 'w3' })])
    assert.deepEqual(
      (await log.pending()).map((write) => write.id),
      ['w1', 'w2', 'w3'],
    )
    await log.close()
  })

  it('damaged within: opening says so, and keeps the file (W23)', async () => {
    const path = files.next()
    const log = await opened(path)
    await log.append(many(500))
    await log.close()
    const bytes = readFileSync(path)
    bytes.fill(0xaa, 3 * 4_096, 5 * 4_096)
    writeFileSync(path, bytes)
    const error = await failure(sqliteWriteLog(path).open())
    assert.instanceOf(error, CacheConfigError)
    assert.match(error.message, /is damaged.*recover/s)
    assert.isTrue(readFileSync(path).equals(bytes))
  })

  it('1,000 callers share few commits', async () => {
    const path = files.next()
    const log = await opened(path)
    await Promise.all(many(1_000).map((write) => log.append([write])))
    // Each commit writes the pages that it changed, three at least: 1,000 of them would be 12 MB.
    assert.isBelow(statSync(`${path}-wal`).size, 3_000_000)
    await log.close()
  })

  it('a process with an open log and store ends by itself, and one that closed them too', async () => {
    for (const way of ['open', 'closed']) {
      const ending = child('open-and-end', files.next('log'), files.next('store'), way)
      const [code] = await once(ending, 'exit')
      assert.strictEqual(code, 0, way)
    }
  })
})
