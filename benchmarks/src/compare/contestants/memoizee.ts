import memoizee from 'memoizee'
import { type Contestant, maxEntries, type Query } from '../contestant.js'

export const memoizeeContestant: Contestant = {
  name: 'memoizee',
  packages: ['memoizee'],
  tiers: ['memory'],
  best: 'primitive: true for the id, normalizer JSON.stringify for the query, max 10,000',
  open({ source, settings, ttlMs }) {
    const common = { promise: true, maxAge: ttlMs, ...(settings === 'best' && { max: maxEntries }) } as const
    const find = memoizee(
      (id: unknown) => source.find(id),
      settings === 'best' ? { ...common, primitive: true } : common,
    )
    const search = memoizee(
      (query: Query) => source.search(query),
      settings === 'best' ? { ...common, normalizer: (args) => JSON.stringify(args[0]) } : common,
    )
    return { find, search, evict: async (id) => find.delete(id), close: async () => find.clear() }
  },
}
