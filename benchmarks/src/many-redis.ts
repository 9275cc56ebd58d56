import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { createClient } from '@keyv/redis'
import { deepStrictEqual } from 'node:assert'
import { against } from './against.js'
import type { Result } from './bench.js'
import { RedisServer } from './redis-server.js'
import { type User, UserService } from './users.js'

const calls = 20
const batch = 100

/** A row of the size that P5 reads. */
const rowOf = (user: User) => ({ ...user, name: 'Ada Lovelace', roles: ['admin', 'author'], active: true })

/** 100 keys of a cache without memory, against an MGET of the same values by the same client, each of them read by JSON.parse. */
export async function manyInRedis(
  table: ReadonlyMap<string, User>,
  names: readonly string[],
  rounds: number,
  progress: (done: number, of: number) => void,
): Promise<Result> {
  const server = await RedisServer.start()
  const client = createClient({ url: server.url, disableOfflineQueue: true })
  client.on('error', () => {})
  try {
    await client.connect()
    await using caches = createCacheManager({
      store: redisStore(client as never),
      budget: '5s',
      caches: { users: { memory: false } },
    })
    const rows = new Map(names.map((id) => [id, rowOf(table.get(id)!)]))
    const cached = caches.bind(new UserService(rows))
    const cache = caches.cache('users')
    const lists = Array.from({ length: calls }, (_, n) => {
      const from = (n * batch) % names.length
      return names.slice(from, from + batch)
    })
    const keys = lists.map((of) => of.map((id) => ['user', id]))
    const raw = async (ids: readonly string[]) => {
      const texts = await client.mGet(ids.map((id) => `raw ${id}`))
      return texts.map((text) => JSON.parse(text as string) as unknown)
    }
    await client.mSet(names.flatMap((id): [string, string][] => [[`raw ${id}`, JSON.stringify(rows.get(id))]]))
    for (const of of lists) await cached.findMany(of)
    const { stats } = caches.configuredParts('users', 'bench')
    if (stats.notStored > 0) throw new Error(`many: Redis did not take ${stats.notStored} entries of the fill`)
    for (const [at, of] of lists.entries()) {
      const bare = await raw(of)
      deepStrictEqual(await cached.findMany(of), bare)
      deepStrictEqual(await cache.getMany(keys[at]!), bare)
    }
    const stored = await storedNames(client, names)
    const { loads } = cached
    const { misses } = stats
    const limit = async () => {
      for (const of of lists) await raw(of)
    }
    const pairs = [
      {
        label: '@CacheableMany of 100 ids, Redis',
        calls,
        limit,
        ours: async () => {
          for (const of of lists) await cached.findMany(of)
        },
      },
      {
        label: 'cache.getMany of 100 keys, Redis',
        calls,
        limit,
        ours: async () => {
          for (const of of keys) await cache.getMany(of)
        },
      },
      {
        label: 'the names and texts that ours have, JSON.parse alone',
        aside: 'P6 Redis, at least',
        calls,
        limit,
        ours: async () => {
          for (const of of lists)
            for (const text of await client.mGet(of.map((id) => stored.get(id)!))) parsed(text as string)
        },
      },
    ]
    return await against(pairs, {
      figure: 'P6 Redis',
      bound: 1,
      rounds,
      progress,
      missed: () => cached.loads - loads + stats.misses - misses,
    })
  } finally {
    if (client.isOpen) client.destroy()
    await server.end()
  }
}

/** Under which name each of them lies in Redis. */
async function storedNames(client: { keys(pattern: string): Promise<string[]> }, ids: readonly string[]) {
  const all = await client.keys('*:user:*')
  return new Map(ids.map((id) => [id, all.find((name) => name.endsWith(`:user:${id}`))]))
}

/** The value alone, whatever stands in front of it. */
const parsed = (text: string): unknown => JSON.parse(text.slice(text.indexOf('{"')))
