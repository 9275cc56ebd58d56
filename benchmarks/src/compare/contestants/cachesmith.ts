import { Cacheable, CacheableMany, CacheConfig, createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { type Contestant, maxEntries, type Query, type Source } from '../contestant.js'

const userKey = (id: unknown) => ['user', id as string]

@CacheConfig({ cache: 'users' })
class Users {
  constructor(private readonly source: Source) {}

  @Cacheable({ key: userKey, tags: ['users'] })
  find(id: unknown): Promise<unknown> {
    return this.source.find(id)
  }

  @Cacheable({ tags: ['users'] })
  search(query: Query): Promise<unknown> {
    return this.source.search(query)
  }

  @CacheableMany({ key: userKey, tags: ['users'] })
  findMany(ids: readonly string[]): Promise<unknown[]> {
    return this.source.findMany(ids)
  }
}

export const cachesmith: Contestant = {
  name: 'Cachesmith',
  packages: ['@cachesmith/core', '@cachesmith/redis'],
  tiers: ['memory', 'redis', 'both'],
  best: undefined,
  async open({ source, tier, redisUrl, ttlMs }) {
    const store = tier === 'memory' ? false : redisStore(redisUrl)
    const memory = tier === 'redis' ? false : { maxEntries }
    const caches = createCacheManager({ store, caches: { users: { ttl: ttlMs, memory } } })
    await caches.ready()
    const users = caches.bind(new Users(source))
    return {
      find: (id) => users.find(id),
      search: (query) => users.search(query),
      findMany: (ids) => users.findMany(ids),
      evict: (id) => caches.cache('users').evict(userKey(id)),
      close: () => caches.close(),
    }
  },
}
