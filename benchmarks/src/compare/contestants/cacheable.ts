import { createKeyv as redisKeyv } from '@keyv/redis'
import { Cacheable, createKeyv, type Keyv } from 'cacheable'
import { type Contestant, maxEntries } from '../contestant.js'

export const cacheable: Contestant = {
  name: 'cacheable',
  packages: ['cacheable', '@keyv/redis'],
  tiers: ['memory', 'redis', 'both'],
  best: 'memory without clones (useClone: false), an LRU of 10,000',
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const memory = () =>
      createKeyv(settings === 'best' ? { ttl: ttlMs, useClone: false, lruSize: maxEntries } : { ttl: ttlMs })
    const redis = () => redisKeyv(redisUrl) as unknown as Keyv
    const cache = new Cacheable({
      ttl: ttlMs,
      primary: tier === 'redis' ? redis() : memory(),
      ...(tier === 'both' && { secondary: redis() }),
    })
    return {
      find: (id) => cache.getOrSet(`user:${id}`, () => source.find(id)),
      search: (query) => cache.getOrSet(`search:${JSON.stringify(query)}`, () => source.search(query)),
      findMany: (ids) => cache.getMany(ids.map((id) => `user:${id}`)),
      evict: (id) => cache.delete(`user:${id}`),
      close: () => cache.disconnect(),
    }
  },
}
