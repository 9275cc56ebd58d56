import { createCacheManager } from '@cachesmith/core'
import { against } from './against.js'
import type { Bench } from './bench.js'
import { seeded } from './random.js'
import { MapService, type Query, UserService } from './users.js'

const calls = 10_000
const kinds = 500

/** A decorated hit in memory by an object, whose key must tell different objects apart and equal ones together. */
export const object: Bench = {
  name: 'object',
  about: 'P2: a decorated memory hit by an object argument, against a Map by JSON.stringify',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const random = seeded(seed)
    const queries = Array.from(
      { length: kinds },
      (_, n): Query => ({ team: `team ${n % 20}`, active: n % 2 === 0, page: n, order: 'name' }),
    )
    const asked = Array.from({ length: calls }, () => ({ ...queries[Math.floor(random() * kinds)]! }))
    await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    const bare = new MapService(
      new Map(),
      new Map(queries.map((query) => [JSON.stringify(query), `${query.team} ${query.page}`])),
      new Map(),
    )
    const cached = caches.bind(new UserService(new Map()))
    for (const query of queries) await cached.search(query)
    const { loads } = cached
    const pairs = [
      {
        label: '{ team, active, page, order }',
        calls,
        limit: async () => {
          for (const query of asked) await bare.search(query)
        },
        ours: async () => {
          for (const query of asked) await cached.search(query)
        },
      },
    ]
    return against(pairs, { figure: 'P2', bound: 1.1, rounds, progress, missed: () => cached.loads - loads })
  },
}
