import { LRUCache } from 'lru-cache'
import { type Contestant, maxEntries, type Query } from '../contestant.js'

export const lruCache: Contestant = {
  name: 'lru-cache',
  packages: ['lru-cache'],
  tiers: ['memory'],
  best: undefined,
  open({ source, ttlMs }) {
    const options = { max: maxEntries, ttl: ttlMs }
    const users = new LRUCache<any, any>({ ...options, fetchMethod: (id) => source.find(id) })
    const searches = new LRUCache<string, any, Query>({
      ...options,
      fetchMethod: (_key, _stale, { context }) => source.search(context),
    })
    return {
      find: (id) => users.fetch(id),
      search: (query) => searches.fetch(JSON.stringify(query), { context: query }),
      evict: async (id) => users.delete(id),
      close: async () => users.clear(),
    }
  },
}
