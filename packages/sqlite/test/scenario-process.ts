// A process with a cache over a SQLite file, that does what it is told on stdin, a line of JSON each, and answers in order.
import { createInterface } from 'node:readline'
import { createCacheManager } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'

const [, , path = ''] = process.argv
const store = sqliteStore(path, { patience: 2_000 })
const caches = createCacheManager({ store, budget: '5s', caches: { users: { ttl: '1h' } } })
const users = caches.cache<any>('users')
const loads: Record<string, { asked: Promise<unknown>; end(): void }> = {}

const deeds: Record<string, (...args: any[]) => Promise<unknown>> = {
  get: (key) => users.get(key),
  put: (key, value, tags) => users.put(key, value, { tags }),
  evict: (key) => users.evict(key),
  evictTags: (tag) => users.evictTags([tag]),
  clear: () => users.clear(),
  /** Begins a load and answers once it runs. */
  begin: (key, value, tags) =>
    new Promise<void>((began) => {
      let end!: () => void
      const ended = new Promise<void>((resolve) => {
        end = resolve
      })
      const load = async () => {
        began()
        await ended
        return value
      }
      loads[key] = { asked: users.getOrLoad(key, load, { tags }), end }
    }),
  /** Ends it and answers what its caller got. */
  end: async (key) => {
    loads[key]!.end()
    return loads[key]!.asked
  },
}

await caches.ready()
for await (const line of createInterface({ input: process.stdin })) {
  const [deed, ...args] = JSON.parse(line) as [string, ...unknown[]]
  const answer = await deeds[deed]!(...args)
  process.stdout.write(`${JSON.stringify([answer])}\n`)
}
await caches.close()
