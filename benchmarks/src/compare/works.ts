import { createClient } from '@keyv/redis'
import type { Pair } from '../micro/alternate.js'
import type { Cached, Query, Tier } from './contestant.js'
import { type Table, users } from './table-source.js'

export const manyIds = 100

/** What a work is done with: a cached service, and the bare things that its limit is made of. */
export interface Bench {
  readonly cached: Cached
  readonly table: Table
  readonly redisUrl: string
}

/** One piece of work: what the limit does, and what a contestant does. Undefined: the library has no way to do it. */
export interface Work {
  readonly id: string
  readonly about: string
  readonly limit: string
  readonly tier: Tier
  readonly value: 'small' | 'large'
  pair(bench: Bench): Promise<(Pair & { close?(): unknown }) | undefined>
}

async function fill({ cached, table }: Bench): Promise<void> {
  for (const ids of listsOf(table)) await Promise.all(ids.map((id) => cached.find(id)))
}

/** Reads of ids that are all in the cache; the limit is an async method that reads a Map. */
async function hits(bench: Bench): Promise<Pair> {
  await fill(bench)
  const { cached, table } = bench
  const { ids, map } = table
  const bare = { find: async (id: string) => map.get(id) }
  return {
    limit: async (calls) => {
      for (let n = 0; n < calls; n++) await bare.find(ids[n & 16_383]!)
    },
    ours: async (calls) => {
      for (let n = 0; n < calls; n++) await cached.find(ids[n & 16_383]!)
    },
  }
}

async function objectHits({ cached, table }: Bench): Promise<Pair | undefined> {
  if (cached.search === undefined) return undefined
  const { queries } = table
  for (const query of queries) await cached.search(query)
  const bare = { search: async (query: Query) => table.read(query) }
  return {
    limit: async (calls) => {
      for (let n = 0; n < calls; n++) await bare.search(queries[n & 63]!)
    },
    ours: async (calls) => {
      for (let n = 0; n < calls; n++) await cached.search!(queries[n & 63]!)
    },
  }
}

/** A load and its storing, each of an id that was never asked for; the limit looks into a Map, loads and sets, and lets the eldest thousand go at times. */
async function misses({ cached, table }: Bench): Promise<Pair> {
  let next = 0
  const map = new Map<string, unknown>()
  const bare = {
    async find(id: string) {
      const held = map.get(id)
      if (held !== undefined) return held
      const loaded = await table.find(id)
      if (map.size >= 10_000) map.clear()
      map.set(id, loaded)
      return loaded
    },
  }
  return {
    limit: async (calls) => {
      for (let n = 0; n < calls; n++) await bare.find(`m${next++}`)
    },
    ours: async (calls) => {
      for (let n = 0; n < calls; n++) await cached.find(`m${next++}`)
    },
  }
}

async function manyInMemory(bench: Bench): Promise<Pair | undefined> {
  const { cached, table } = bench
  if (cached.findMany === undefined) return undefined
  await fill(bench)
  const lists = listsOf(table)
  for (const ids of lists) await cached.findMany(ids)
  const bare = { findMany: async (ids: readonly string[]) => ids.map((id) => table.map.get(id)) }
  return {
    limit: async (calls) => {
      for (let n = 0; n < calls; n++) await bare.findMany(lists[n % lists.length]!)
    },
    ours: async (calls) => {
      for (let n = 0; n < calls; n++) await cached.findMany!(lists[n % lists.length]!)
    },
  }
}

/** The lists of ids that are asked for together. */
function listsOf({ map }: Table): string[][] {
  const names = [...map.keys()] as string[]
  return Array.from({ length: users / manyIds }, (_, n) => names.slice(n * manyIds, (n + 1) * manyIds))
}

/** One hit after the other; the limit is GET and JSON.parse by node-redis. */
async function redisHits(bench: Bench) {
  await fill(bench)
  const { cached, table } = bench
  const { client, name } = await plainRedis(bench)
  const { ids } = table
  return {
    limit: async (calls: number) => {
      for (let n = 0; n < calls; n++) JSON.parse((await client.get(name(ids[n & 16_383]!)))!)
    },
    ours: async (calls: number) => {
      for (let n = 0; n < calls; n++) await cached.find(ids[n & 16_383]!)
    },
    close: () => client.destroy(),
  }
}

async function manyInRedis(bench: Bench) {
  const { cached, table } = bench
  if (cached.findMany === undefined) return undefined
  await fill(bench)
  const { client, name } = await plainRedis(bench)
  const lists = listsOf(table)
  for (const ids of lists) await cached.findMany(ids)
  return {
    limit: async (calls: number) => {
      for (let n = 0; n < calls; n++)
        for (const text of await client.mGet(lists[n % lists.length]!.map(name))) JSON.parse(text!)
    },
    ours: async (calls: number) => {
      for (let n = 0; n < calls; n++) await cached.findMany!(lists[n % lists.length]!)
    },
    close: () => client.destroy(),
  }
}

async function plainRedis({ table, redisUrl }: Bench) {
  const client = createClient({ url: redisUrl })
  await client.connect()
  const name = (id: string) => `plain:${id}`
  await client.mSet([...table.map].flatMap(([id, value]) => [name(id as string), JSON.stringify(value)]))
  return { client, name }
}

const aMap = 'an async method that reads a Map'

export const works: readonly Work[] = [
  { id: 'hit', about: 'memory hit, one primitive argument', limit: aMap, tier: 'memory', value: 'small', pair: hits },
  { id: 'large', about: 'the same, 15.6 KB value', limit: aMap, tier: 'memory', value: 'large', pair: hits },
  {
    id: 'object',
    about: 'memory hit, object argument',
    limit: 'the same under JSON.stringify',
    tier: 'memory',
    value: 'small',
    pair: objectHits,
  },
  {
    id: 'miss',
    about: 'miss: load and store',
    limit: 'load and Map.set',
    tier: 'memory',
    value: 'small',
    pair: misses,
  },
  { id: 'tiers', about: 'memory hit, Redis behind', limit: aMap, tier: 'both', value: 'small', pair: hits },
  {
    id: 'many',
    about: '100 keys, memory',
    limit: '100 reads of a Map',
    tier: 'memory',
    value: 'small',
    pair: manyInMemory,
  },
  {
    id: 'redis',
    about: 'Redis hit, no memory',
    limit: 'GET and JSON.parse',
    tier: 'redis',
    value: 'small',
    pair: redisHits,
  },
  {
    id: 'many-redis',
    about: '100 keys, Redis',
    limit: 'MGET and JSON.parse',
    tier: 'redis',
    value: 'small',
    pair: manyInRedis,
  },
]
