import { CacheConfigError } from '../kernel/errors.js'
import { refuseUnknown } from '../kernel/options.js'
import type { Parts } from './parts.js'
import { type CacheStats, statsOf } from './stats.js'

/** What memory holds under a key, without the value. */
export interface EntrySummary {
  /** As text, with its scope: `storedKey(key)` is accepted wherever a key is. Do not log it where arguments are secret. */
  readonly key: string
  /** Wall time, ms. */
  readonly createdAt: number
  /** When it ceases to be fresh: wall time, ms. */
  readonly expiresAt: number
  readonly tags: readonly string[]
  /** Estimated. */
  readonly bytes: number
}

/** Which entries are listed; both must hold. */
export interface EntriesOptions {
  /** A piece of the key's text. @default any */
  search?: string
  /** A tag that the entry bears. @default any */
  tag?: string
  /** True: undefined for each key that is passed over, so that who walks a large cache for something rare can stop in time. @default false */
  gaps?: boolean
}

/** What a walk that may stop at any key gives. */
export type EntryOrGap = EntrySummary | undefined

/** The counts of a cache as they are now. */
export function snapshot({ stats, near, writes, clock }: Parts): CacheStats {
  const oldest = writes?.oldest()
  return statsOf(stats, {
    entries: near?.size ?? 0,
    bytes: near?.bytes ?? 0,
    pending: writes?.pending() ?? 0,
    // The wall clock may have been put back since.
    oldestPendingMs: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest),
  })
}

/** The entries of memory that were there at the first step and may still be served, each key once. */
export function entries(parts: Parts, options: EntriesOptions): IterableIterator<EntryOrGap> {
  const where = `cache '${parts.name}': entries`
  refuseUnknown(options, ['search', 'tag', 'gaps'], where)
  for (const name of ['search', 'tag'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'string')
      throw new CacheConfigError(`${where}: '${name}' is a text; got ${typeof options[name]}.`)
  if (options.gaps !== undefined && typeof options.gaps !== 'boolean')
    throw new CacheConfigError(`${where}: 'gaps' is true or false; got ${typeof options.gaps}.`)
  return summaries(parts, options)
}

function* summaries(parts: Parts, options: EntriesOptions): Generator<EntryOrGap, void, undefined> {
  // Not the Map's own iterator: an entry that is loaded anew meanwhile moves to its end, and would be met again, without end.
  for (const key of parts.near?.keys() ?? []) {
    const summary = summaryOf(parts, key, options)
    if (summary !== undefined || options.gaps) yield summary
  }
}

function summaryOf({ near, clock }: Parts, key: string, { search, tag }: EntriesOptions): EntryOrGap {
  if (search !== undefined && !key.includes(search)) return undefined
  const entry = near?.peek(key)
  if (entry === undefined || clock.monotonic() >= entry.staleUntil) return undefined
  if (tag !== undefined && !entry.tags.includes(tag)) return undefined
  const wall = clock.now() - clock.monotonic()
  return {
    key,
    createdAt: Math.round(wall + entry.bornAt),
    expiresAt: Math.round(wall + entry.freshUntil),
    tags: entry.tags,
    bytes: entry.weight,
  }
}
