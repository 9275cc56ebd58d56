import { createCache } from 'async-cache-dedupe'
import { Redis } from 'ioredis'
import { type Contestant, maxEntries, type Query } from '../contestant.js'

export const asyncCacheDedupe: Contestant = {
  name: 'async-cache-dedupe',
  packages: ['async-cache-dedupe', 'ioredis'],
  tiers: ['memory', 'redis'],
  best: 'room for 10,000 (default 1,024); serialize: String for the id',
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const best = settings === 'best'
    const redis = tier === 'redis' ? new Redis(redisUrl) : undefined
    const size = best ? maxEntries : undefined
    const cache = createCache({
      ttl: ttlMs / 1000,
      storage: redis ? { type: 'redis', options: { client: redis } } : { type: 'memory', options: { size } },
    })
      .define('find', best ? { serialize: String } : {}, (id: unknown) => source.find(id))
      .define('search', (query: Query) => source.search(query))
    return {
      find: (id) => cache.find(id),
      search: (query) => cache.search(query),
      evict: (id) => cache.clear('find', id),
      close: async () => redis?.quit(),
    }
  },
}
