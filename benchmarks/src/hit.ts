import { createCacheManager } from '@cachesmith/core'
import { against } from './against.js'
import type { Bench } from './bench.js'
import { seeded } from './random.js'
import { MapService, people, UserService } from './users.js'

const calls = 20_000

/** A decorated hit in memory, with ttl, tags, statistics and a bound on the entries. */
export const hit: Bench = {
  name: 'hit',
  about: 'P1: a decorated memory hit, against an async method that reads a Map',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const { table, names, ids } = people(1_000, calls, seeded(seed))
    await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    await using watched = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    const heard = { hits: 0 }
    watched.observe({
      on: (event) => {
        if (event.type === 'hit') heard.hits++
      },
    })
    const bare = new MapService(table, new Map(), new Map())
    const cached = caches.bind(new UserService(table))
    const observed = watched.bind(new UserService(table))
    for (const id of names) await Promise.all([cached.find(id), cached.findByDefaultKey(id), observed.find(id)])
    const { loads } = cached
    const observedLoads = observed.loads
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
      {
        label: 'with an observer',
        aside: 'P1 observed',
        calls,
        limit: async () => {
          for (const id of ids) await bare.find(id)
        },
        ours: async () => {
          for (const id of ids) await observed.find(id)
        },
      },
    ]
    return against(pairs, {
      figure: 'P1',
      bound: 1.3,
      rounds,
      progress,
      missed: () =>
        cached.loads - loads + observed.loads - observedLoads + watched.cache('users').stats().hits - heard.hits,
    })
  },
}
