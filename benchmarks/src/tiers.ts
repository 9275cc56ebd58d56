import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { against } from './against.js'
import type { Bench } from './bench.js'
import { seeded } from './random.js'
import { RedisServer } from './redis-server.js'
import { MapService, people, UserService } from './users.js'

const calls = 20_000
const slice = 50

/** A decorated hit in memory with Redis behind. Memory asks Redis a few times a second whether it may still be trusted; a hit sends nothing. */
export const tiers: Bench = {
  name: 'tiers',
  about: 'P4: a decorated memory hit with a Redis store behind and tags on, against an async method that reads a Map',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const { table, names, ids } = people(1_000, calls, seeded(seed))
    const server = await RedisServer.start()
    try {
      await using caches = createCacheManager({
        store: redisStore(server.url),
        caches: { users: { memory: { maxEntries: 10_000 } } },
      })
      await caches.ready()
      const bare = new MapService(table, new Map(), new Map())
      const cached = caches.bind(new UserService(table))
      const { stats } = caches.configuredParts('users', 'bench')
      // In slices: what all comes at once may be more than Redis is given time for.
      for (let at = 0; at < names.length; at += slice)
        await Promise.all(names.slice(at, at + slice).flatMap((id) => [cached.find(id), cached.findByDefaultKey(id)]))
      if (stats.notStored > 0) throw new Error(`tiers: Redis did not take ${stats.notStored} entries of the fill`)
      const { loads } = cached
      const before = stats.hits - stats.memoryHits
      const pairs = [
        {
          label: "key: (id) => ['user', id]",
          calls,
          limit: async () => {
            for (const id of ids) await bare.find(id)
          },
          ours: async () => {
            for (const id of ids) await cached.find(id)
          },
        },
        {
          label: 'default key, one primitive argument',
          calls,
          limit: async () => {
            for (const id of ids) await bare.find(id)
          },
          ours: async () => {
            for (const id of ids) await cached.findByDefaultKey(id)
          },
        },
      ].map((pair) => ({
        ...pair,
        // The loop turns, so that what Redis was asked can be answered.
        before: () => new Promise<void>((resolve) => setImmediate(resolve)),
      }))
      return await against(pairs, {
        figure: 'P4',
        bound: 1.3,
        rounds,
        progress,
        missed: () => cached.loads - loads + stats.hits - stats.memoryHits - before,
        told: () => 'Every call was answered by memory.',
      })
    } finally {
      await server.end()
    }
  },
}
