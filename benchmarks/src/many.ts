import { createCacheManager } from '@cachesmith/core'
import { against } from './against.js'
import type { Bench } from './bench.js'
import { seeded } from './random.js'
import { MapService, people, UserService } from './users.js'

const calls = 200
const batch = 100

/** A decorated call for 100 keys that memory has. */
export const many: Bench = {
  name: 'many',
  about: 'P6: 100 keys from memory in one call, against an async method that reads a Map 100 times',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const { table, names, ids } = people(1_000, calls * batch, seeded(seed))
    const batches = Array.from({ length: calls }, (_, n) => ids.slice(n * batch, (n + 1) * batch))
    await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    const bare = new MapService(table, new Map(), new Map())
    const cached = caches.bind(new UserService(table))
    await cached.findMany(names)
    const cache = caches.cache('users')
    const keys = batches.map((of) => of.map((id) => ['user', id]))
    const { loads } = cached
    const limit = async () => {
      for (const of of batches) await bare.findMany(of)
    }
    const pairs = [
      {
        label: '@CacheableMany of 100 ids',
        calls,
        limit,
        ours: async () => {
          for (const of of batches) await cached.findMany(of)
        },
      },
      {
        label: 'cache.getMany of 100 keys',
        calls,
        limit,
        ours: async () => {
          for (const of of keys) await cache.getMany(of)
        },
      },
    ]
    return against(pairs, { figure: 'P6', bound: 6, rounds, progress, missed: () => cached.loads - loads })
  },
}
