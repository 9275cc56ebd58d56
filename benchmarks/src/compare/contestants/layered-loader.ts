import { Redis } from 'ioredis'
import { Loader, RedisCache } from 'layered-loader'
import { type Contestant, maxEntries, type Query } from '../contestant.js'

export const layeredLoader: Contestant = {
  name: 'layered-loader',
  packages: ['layered-loader', 'ioredis'],
  tiers: ['memory', 'redis', 'both'],
  best: "memory as cacheType 'lru-object'",
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const cacheType = settings === 'best' ? ('lru-object' as const) : undefined
    const inMemoryCache = tier === 'redis' ? (false as const) : { cacheType, maxItems: maxEntries, ttlInMsecs: ttlMs }
    const redis = tier === 'memory' ? undefined : new Redis(redisUrl)
    const behind = (prefix: string) =>
      redis ? { asyncCache: new RedisCache<unknown>(redis, { json: true, prefix, ttlInMsecs: ttlMs }) } : {}
    const users = new Loader<unknown, string>({
      inMemoryCache,
      ...behind('user:'),
      cacheKeyFromLoadParamsResolver: String,
      cacheKeyFromValueResolver: (user) => (user as { id: string }).id,
      dataSources: [{ name: 'users', get: (id) => source.find(id), getMany: (ids) => source.findMany(ids) }],
    })
    const searches = new Loader<unknown, Query>({
      inMemoryCache,
      ...behind('search:'),
      cacheKeyFromLoadParamsResolver: (query) => JSON.stringify(query),
      dataSources: [{ name: 'searches', get: (query) => source.search(query), getMany: async () => [] }],
    })
    return {
      find: async (id) => users.get(id as string),
      search: async (query) => searches.get(query),
      findMany: (ids) => users.getMany([...ids]),
      evict: (id) => users.invalidateCacheFor(id as string),
      close: async () => redis?.quit(),
    }
  },
}
