import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { redisDriver } from 'bentocache/drivers/redis'
import { type Contestant, maxEntries } from '../contestant.js'

export const bentocache: Contestant = {
  name: 'BentoCache',
  packages: ['bentocache', 'ioredis'],
  tiers: ['memory', 'redis', 'both'],
  best: 'memory without serialization (serialize: false)',
  open({ source, tier, settings, redisUrl, ttlMs }) {
    const best = settings === 'best'
    let store = bentostore()
    if (tier !== 'redis')
      store = store.useL1Layer(
        memoryDriver(best ? { maxItems: maxEntries, serialize: false } : { maxItems: maxEntries }),
      )
    if (tier !== 'memory') {
      const { hostname: host, port } = new URL(redisUrl)
      store = store.useL2Layer(redisDriver({ connection: { host, port: Number(port) } }))
    }
    const bento = new BentoCache({ default: 'users', ttl: ttlMs, stores: { users: store } })
    return {
      find: (id) => bento.getOrSet({ key: `user:${id}`, factory: () => source.find(id) }),
      search: (query) =>
        bento.getOrSet({ key: `search:${JSON.stringify(query)}`, factory: () => source.search(query) }),
      evict: (id) => bento.delete({ key: `user:${id}` }),
      close: () => bento.disconnectAll(),
    }
  },
}
