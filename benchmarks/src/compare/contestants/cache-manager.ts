import { createKeyv as redisKeyv } from '@keyv/redis'
import { createCache } from 'cache-manager'
import { createKeyv } from 'cacheable'
import { Keyv } from 'keyv'
import { type Contestant, maxEntries } from '../contestant.js'

export const cacheManager: Contestant = {
  name: 'cache-manager',
  packages: ['cache-manager', 'cacheable', '@keyv/redis'],
  tiers: ['memory', 'redis', 'both'],
  best: 'CacheableMemory without clones (useClone: false), an LRU of 10,000; default: a Keyv over a Map',
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const memory = () =>
      settings === 'best'
        ? (createKeyv({ ttl: ttlMs, useClone: false, lruSize: maxEntries }) as unknown as Keyv)
        : new Keyv({ ttl: ttlMs })
    const stores = [
      ...(tier === 'redis' ? [] : [memory()]),
      ...(tier === 'memory' ? [] : [redisKeyv(redisUrl) as unknown as Keyv]),
    ]
    const cache = createCache({ ttl: ttlMs, stores: stores as never })
    return {
      find: (id) => cache.wrap(`user:${id}`, () => source.find(id)),
      search: (query) => cache.wrap(`search:${JSON.stringify(query)}`, () => source.search(query)),
      findMany: (ids) => cache.mget(ids.map((id) => `user:${id}`)),
      evict: (id) => cache.del(`user:${id}`),
      close: () => cache.disconnect(),
    }
  },
}
