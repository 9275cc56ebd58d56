import { Cacheable, CacheConfig, createCacheManager } from '@cachesmith/core'
import type { Bench } from './bench.js'
import { measure } from './paired.js'
import { seeded } from './random.js'

interface User {
  readonly id: string
  readonly team: string
}

const users = 1_000
const calls = 20_000
const bound = 3

/** The limit: what any cached async method costs at least. */
class MapService {
  constructor(private readonly users: Map<string, User>) {}

  async find(id: string): Promise<User | undefined> {
    return this.users.get(id)
  }
}

@CacheConfig({ cache: 'users' })
class UserService {
  loads = 0
  constructor(private readonly users: Map<string, User>) {}

  @Cacheable({ key: (id: string) => ['user', id], ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async find(id: string): Promise<User | undefined> {
    this.loads++
    return this.users.get(id)
  }

  @Cacheable({ ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async findByDefaultKey(id: string): Promise<User | undefined> {
    this.loads++
    return this.users.get(id)
  }
}

/** A decorated hit in memory, with ttl, tags, statistics and a bound on the entries. */
export const hit: Bench = {
  name: 'hit',
  about: 'P1: a decorated memory hit, against an async method that reads a Map',
  rounds: 100,
  async run({ seed, rounds, progress }) {
    const random = seeded(seed)
    const table = new Map(Array.from({ length: users }, (_, n) => [`u${n}`, { id: `u${n}`, team: `t${n % 20}` }]))
    const names = [...table.keys()]
    const ids = Array.from({ length: calls }, () => names[Math.floor(random() * names.length)]!)

    await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    await using watched = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    const heard = { hits: 0 }
    watched.observe({
      on: (event) => {
        if (event.type === 'hit') heard.hits++
      },
    })
    const bare = new MapService(table)
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
        calls,
        limit: async () => {
          for (const id of ids) await bare.find(id)
        },
        ours: async () => {
          for (const id of ids) await observed.find(id)
        },
      },
    ]
    const measured = await measure(pairs, rounds, (done) => progress(done, rounds))
    const missed = cached.loads - loads + observed.loads - observedLoads
    const p1 = measured[0]!.ratio
    const unheard = watched.cache('users').stats().hits - heard.hits
    return {
      ok: missed === 0 && unheard === 0 && p1 <= bound,
      trials: rounds * calls * pairs.length * 2,
      figures: { P1: round(p1, 2), 'P1 observed': round(measured[2]!.ratio, 2) },
      rows: measured.map(({ label, limit, ours, ratio }) => ({
        hit: label,
        'limit ns': round(limit),
        'ours ns': round(ours),
        ratio: ratio.toFixed(2),
      })),
      verdict:
        missed + unheard > 0
          ? `${missed} calls were no hits, ${unheard} hits were not heard: the figures mean nothing.`
          : `P1 is the first row, its bound ${bound.toFixed(2)}.`,
    }
  },
}

function round(n: number, digits = 0): number {
  return Number(n.toFixed(digits))
}
