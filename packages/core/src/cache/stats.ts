import type { MissReason } from '../kernel/events.js'

/** Counts of one decorated method, or of one wrapped function; a batched read counts each id. Times in ms. */
export interface MethodStats {
  readonly hits: number
  /** Reads answered by an entry past its ttl. */
  readonly stale: number
  readonly misses: number
  readonly loads: number
  readonly loadErrors: number
  readonly loadMs: number
}

/** Counts of one cache since it was made. `hits + stale + misses` is the number of reads; times in ms. */
export interface CacheStats {
  /** Reads answered by a fresh entry, of memory or store. */
  readonly hits: number
  /** Those of the hits that memory answered. */
  readonly memoryHits: number
  /** Reads answered by an entry past its ttl. */
  readonly stale: number
  readonly misses: number
  /** Why they missed: together the misses. */
  readonly missReasons: Readonly<Record<MissReason, number>>
  /** Misses that joined a load under way. */
  readonly joined: number
  readonly loads: number
  readonly loadErrors: number
  readonly loadMs: number
  readonly puts: number
  /** Values returned and not kept. */
  readonly notStored: number
  /** Invalidations: of keys, of tags, clears. */
  readonly invalidations: number
  /** Entries that memory dropped for want of room. */
  readonly evictions: number
  readonly storeErrors: number
  /** Entries in memory now. */
  readonly entries: number
  /** Bytes of them, estimated. */
  readonly bytes: number
  /** Writes behind that are acknowledged and not yet in their sink. */
  readonly pending: number
  /** Age of the oldest of them; 0: there is none. */
  readonly oldestPendingMs: number
  /** Writes behind that were given up since the cache was made. */
  readonly deadLettered: number
  /** By `Class.method` (the class that declares it), or by the name of a wrapped function: those that were called. */
  readonly methods: Readonly<Record<string, MethodStats>>
}

type Counted<S> = { -readonly [K in keyof S]: S[K] }

/** The counts of a method as they run. */
export interface MethodCounts extends Counted<MethodStats> {
  readonly name: string
}

/** The counts of a cache as they run; what can be looked up is not counted. */
export interface Counts
  extends Counted<Omit<CacheStats, 'missReasons' | 'methods' | 'entries' | 'bytes' | 'pending' | 'oldestPendingMs'>> {
  readonly missReasons: Record<MissReason, number>
  readonly methods: Map<string, MethodCounts>
}

const noReasons: Readonly<Record<MissReason, number>> = {
  absent: 0,
  expired: 0,
  outdated: 0,
  cleared: 0,
  tagged: 0,
  untrusted: 0,
  unreadable: 0,
  'store-error': 0,
  disabled: 0,
  transaction: 0,
}

export const emptyCounts = (): Counts => ({
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
  deadLettered: 0,
  missReasons: { ...noReasons },
  methods: new Map(),
})

export const emptyMethodCounts = (name: string): MethodCounts => ({
  name,
  hits: 0,
  stale: 0,
  misses: 0,
  loads: 0,
  loadErrors: 0,
  loadMs: 0,
})

/** The running counts of a method, made when first asked for. */
export function methodCounts(counts: Counts, name: string): MethodCounts {
  let of = counts.methods.get(name)
  if (of === undefined) counts.methods.set(name, (of = emptyMethodCounts(name)))
  return of
}

/** What a cache has that is not counted but looked up. */
export type Levels = Pick<CacheStats, 'entries' | 'bytes' | 'pending' | 'oldestPendingMs'>

/** A copy of the counts as they are now, with what was looked up. */
export function statsOf(counts: Counts, levels: Levels): CacheStats {
  const methods = Object.fromEntries(Array.from(counts.methods.values(), ({ name, ...of }) => [name, of]))
  return { ...counts, missReasons: { ...counts.missReasons }, ...levels, methods }
}

/** The statistics of a cache that nobody has used. */
export const emptyStats = (): CacheStats =>
  statsOf(emptyCounts(), { entries: 0, bytes: 0, pending: 0, oldestPendingMs: 0 })
