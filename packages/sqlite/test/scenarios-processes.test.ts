import { createInterface } from 'node:readline'
import { createCacheManager } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
import { assert } from 'chai'
import { child, temporaryFiles } from './files.js'

/** A child process that does what it is told, one thing after another. */
function other(path: string) {
  const running = child('scenario-process', path)
  const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]()
  const ended = new Promise<number | null>((resolve) => running.on('close', resolve))
  return {
    async tell(deed: string, ...args: unknown[]): Promise<unknown> {
      running.stdin.write(`${JSON.stringify([deed, ...args])}\n`)
      const { value } = await lines.next()
      return (JSON.parse(value as string) as unknown[])[0] ?? undefined
    },
    async end() {
      running.stdin.end()
      assert.strictEqual(await ended, 0)
    },
  }
}

const deeds: readonly (readonly [title: string, deed: string, ...unknown[]])[] = [
  ['an evict', 'evict', 'a'],
  ['an evict of its tag', 'evictTags', 't'],
  ['a clear', 'clear'],
  ['a put', 'put', 'a', 'new', ['t']],
]

describe('scenarios over SQLite: processes of their own', function () {
  this.timeout(60_000)
  const files = temporaryFiles()
  const here = (path: string) => {
    const caches = createCacheManager({
      store: sqliteStore(path, { patience: 2_000 }),
      budget: '5s',
      caches: { users: { ttl: '1h' } },
    })
    return { caches, users: caches.cache<any>('users') }
  }

  for (const [title, deed] of deeds)
    it(`C3 ${title} by another process while a load runs: the load is not kept`, async () => {
      const path = files.next()
      const { caches, users } = here(path)
      const there = other(path)
      await there.tell('begin', 'a', 'old', ['t'])
      if (deed === 'put') await users.put('a', 'new')
      else if (deed === 'evict') await users.evict('a')
      else if (deed === 'evictTags') await users.evictTags(['t'])
      else await users.clear()
      assert.strictEqual(await there.tell('end', 'a'), 'old', 'its own caller gets it')
      const right = deed === 'put' ? 'new' : undefined
      assert.strictEqual(await users.get('a'), right)
      assert.strictEqual(await there.tell('get', 'a'), right)
      await there.end()
      await caches.close()
    })

  for (const [title, deed, ...of] of deeds)
    it(`C33 ${title} by another process is seen within a second of its acknowledgement, memory on`, async () => {
      const path = files.next()
      const { caches, users } = here(path)
      const there = other(path)
      await users.put('a', 'old', { tags: ['t'] })
      assert.strictEqual(await there.tell('get', 'a'), 'old', 'it has it in its memory too')
      for (let warm = 0; warm < 5; warm++) assert.strictEqual(await users.get('a'), 'old')
      assert.strictEqual((await users.peek('a'))?.tier, 'memory')

      let acknowledged = Infinity
      const telling = there.tell(deed, ...of).then(() => {
        acknowledged = performance.now()
      })
      const right = deed === 'put' ? 'new' : undefined
      let lastStale = -Infinity
      const deadline = performance.now() + 20_000
      for (;;) {
        const started = performance.now()
        const seen = await users.get('a')
        if (seen === right) break
        assert.strictEqual(seen, 'old')
        lastStale = started
        assert.isBelow(started, deadline, 'the old value is served without end')
        await new Promise((resolve) => setImmediate(resolve))
      }
      await telling
      assert.isBelow(lastStale - acknowledged, 1_000, 'ms after the acknowledgement')
      assert.strictEqual(await there.tell('get', 'a'), right, 'at once where it was done')
      await there.end()
      await caches.close()
    })
})
