import { createCacheManager } from '@cachesmith/core'
import { against } from './against.js'
import type { Bench, Result } from './bench.js'
import { manyInRedis } from './many-redis.js'
import { seeded } from './random.js'
import { MapService, people, UserService } from './users.js'

const calls = 200
const batch = 100

type Progress = (done: number, of: number) => void

/** Calls for 100 keys that the cache has: in memory, and in Redis without memory. */
export const many: Bench = {
  name: 'many',
  about:
    'P6: 100 keys in one call, from memory against an async method that reads a Map 100 times, from Redis against a raw MGET',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const { table, names, ids } = people(1_000, calls * batch, seeded(seed))
    const lists = Array.from({ length: calls }, (_, n) => ids.slice(n * batch, (n + 1) * batch))
    const memory = await inMemory(table, names, lists, rounds, (done) => progress(done, 2 * rounds))
    const redis = await manyInRedis(table, names, rounds, (done) => progress(rounds + done, 2 * rounds))
    return both(memory, redis)
  },
}

async function inMemory(
  table: Map<string, { id: string; team: string }>,
  names: readonly string[],
  lists: readonly (readonly string[])[],
  rounds: number,
  progress: Progress,
): Promise<Result> {
  await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
  const bare = new MapService(table, new Map(), new Map())
  const cached = caches.bind(new UserService(table))
  await cached.findMany(names)
  const cache = caches.cache('users')
  const keys = lists.map((of) => of.map((id) => ['user', id]))
  const { loads } = cached
  const limit = async () => {
    for (const of of lists) await bare.findMany(of)
  }
  const pairs = [
    {
      label: '@CacheableMany of 100 ids',
      calls,
      limit,
      ours: async () => {
        for (const of of lists) await cached.findMany(of)
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
}

const both = (one: Result, other: Result): Result => ({
  ok: one.ok && other.ok,
  trials: one.trials + other.trials,
  figures: { ...one.figures, ...other.figures },
  rows: [...one.rows, ...other.rows],
  verdict: [one, other].map(({ ok, verdict }) => `${verdict.slice(0, -1)}: ${ok ? 'kept' : 'missed'}.`).join(' '),
})
