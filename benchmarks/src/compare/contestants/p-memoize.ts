import { LRUCache } from 'lru-cache'
import pMemoize, { pMemoizeClear } from 'p-memoize'
import { type Contestant, maxEntries, type Query } from '../contestant.js'

export const pMemoizeContestant: Contestant = {
  name: 'p-memoize',
  packages: ['p-memoize', 'lru-cache'],
  tiers: ['memory'],
  best: 'an lru-cache of 10,000 with a ttl behind it; default: a Map, no ttl and no bound',
  open({ source, settings, ttlMs }) {
    const storage = () =>
      settings === 'best' ? new LRUCache<any, any>({ max: maxEntries, ttl: ttlMs }) : new Map<any, any>()
    const held = storage()
    const find = pMemoize((id: unknown) => source.find(id), { cache: held })
    const search = pMemoize((query: Query) => source.search(query), { cache: storage(), cacheKey: JSON.stringify })
    return { find, search, evict: async (id) => held.delete(id), close: async () => pMemoizeClear(find) }
  },
}
