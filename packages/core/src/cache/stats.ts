/** Counts of one cache since it was made. `hits + stale + misses` is the number of reads; times in ms. */
export interface CacheStats {
  /** Reads answered by a fresh entry, of memory or store. */
  hits: number
  /** Those of the hits that memory answered. */
  memoryHits: number
  /** Reads answered by an entry past its ttl. */
  stale: number
  misses: number
  /** Misses that joined a load under way. */
  joined: number
  loads: number
  loadErrors: number
  loadMs: number
  puts: number
  /** Values returned and not kept. */
  notStored: number
  /** Invalidations: of keys, of tags, clears. */
  invalidations: number
  /** Entries that memory dropped for want of room. */
  evictions: number
  storeErrors: number
  /** Entries in memory now. */
  entries: number
}

export const emptyStats = (): CacheStats => ({
  hits: 0,
  memoryHits: 0,
  stale: 0,
  misses: 0,
  joined: 0,
  loads: 0,
  loadErrors: 0,
  loadMs: 0,
  puts: 0,
  notStored: 0,
  invalidations: 0,
  evictions: 0,
  storeErrors: 0,
  entries: 0,
})
