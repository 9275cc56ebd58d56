import type { Contestant } from './contestant.js'

const loaders = {
  cachesmith: async () => (await import('./contestants/cachesmith.js')).cachesmith,
  bentocache: async () => (await import('./contestants/bentocache.js')).bentocache,
  cacheable: async () => (await import('./contestants/cacheable.js')).cacheable,
  'cache-manager': async () => (await import('./contestants/cache-manager.js')).cacheManager,
  'layered-loader': async () => (await import('./contestants/layered-loader.js')).layeredLoader,
  'async-cache-dedupe': async () => (await import('./contestants/async-cache-dedupe.js')).asyncCacheDedupe,
  'type-cacheable': async () => (await import('./contestants/type-cacheable.js')).typeCacheable,
  memoizee: async () => (await import('./contestants/memoizee.js')).memoizeeContestant,
  'p-memoize': async () => (await import('./contestants/p-memoize.js')).pMemoizeContestant,
  'lru-cache': async () => (await import('./contestants/lru-cache.js')).lruCache,
  keyv: async () => (await import('./contestants/keyv.js')).keyv,
} satisfies Record<string, () => Promise<Contestant>>

export type ContestantId = keyof typeof loaders

/** The file names of the contestants, ours first. */
export const contestantIds = Object.keys(loaders) as ContestantId[]

/** Imported one at a time: a process that measures one library holds no other. */
export function contestant(id: ContestantId): Promise<Contestant> {
  return loaders[id]()
}
