import { createKeyv as redisKeyv } from '@keyv/redis'
import { Keyv } from 'keyv'
import type { Contestant } from '../contestant.js'

export const keyv: Contestant = {
  name: 'keyv',
  packages: ['keyv', '@keyv/redis'],
  tiers: ['memory', 'redis'],
  best: 'memory without serialization (serialize: undefined)',
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const plain = { serialize: undefined, deserialize: undefined }
    const cache =
      tier === 'redis'
        ? (redisKeyv(redisUrl) as unknown as Keyv)
        : new Keyv({ ttl: ttlMs, ...(settings === 'best' && plain) })
    // Keyv loads nothing by itself: this is the cache-aside of its documentation.
    const aside = async (key: string, load: () => Promise<unknown>) => {
      const held = await cache.get(key)
      if (held !== undefined) return held
      const loaded = await load()
      await cache.set(key, loaded, ttlMs)
      return loaded
    }
    return {
      find: (id) => aside(`user:${id}`, () => source.find(id)),
      search: (query) => aside(`search:${JSON.stringify(query)}`, () => source.search(query)),
      findMany: (ids) => cache.getMany(ids.map((id) => `user:${id}`)),
      evict: (id) => cache.delete(`user:${id}`),
      close: () => cache.disconnect(),
    }
  },
}
