import type { Codecs } from '../entry/codec.js'
import type { CloneMode } from '../entry/share.js'
import type { TagLists } from '../entry/tag-lists.js'
import type { Background } from '../flight/background.js'
import type { Flights } from '../flight/flights.js'
import type { Clock } from '../kernel/clock.js'
import type { CacheEvent, NotStored, Observers } from '../kernel/events.js'
import type { Policy } from '../policy/policy.js'
import type { Position } from '../position/position.js'
import type { Far } from '../tier/far.js'
import type { Near } from '../tier/near.js'
import type { Trust } from '../tier/trust.js'
import type { Ledger } from './ledger.js'
import type { Pending } from './pending.js'
import type { Counts, MethodCounts } from './stats.js'

/** What one cache is made of: handed to every step of the walk. A tier that is missing is an absent step. */
export interface Parts {
  readonly name: string
  /** The shape of its values, as configured; the live version is this plus the bumps. */
  readonly version: number
  generation: number
  /** A key's text with the scope in front, where the cache has one; throws where the scope is missing. */
  readonly scoped: (text: string) => string
  /** False: `scoped` answers what it is given. */
  readonly isScoped: boolean
  /** The policy of calls that bring none of their own. */
  readonly policy: Policy
  readonly clone: CloneMode
  readonly maxValueBytes: number
  readonly clock: Clock
  /** The clock's coarse time: memory alone needs no better. */
  readonly coarse: () => number
  readonly random: () => number
  readonly position: Position
  readonly flights: Flights
  readonly background: Background
  readonly observers: Observers
  readonly codecs: Codecs
  readonly stats: Counts
  readonly near: Near | undefined
  readonly far: Far | undefined
  /** Undefined: nobody else can change what the store holds. */
  readonly trust: Trust | undefined
  /** How long the store's leases stand, ms: renewed thrice as often, waited for at most that long. */
  readonly leaseTime: number
  /** How long a stale value that stood in for an error counts as fresh, ms. */
  readonly throttle: number
  readonly ledger: Ledger
  readonly tagLists: TagLists
  /** When which verb's trouble was told last. */
  readonly troubles: Map<string, number>
  readonly transactions: Ambient
  /** Who uses which names in this cache; kept by the decorators. */
  readonly claims: Map<unknown, unknown>
  /** Made with the first write-behind method. */
  writes: Pending | undefined
  enabled: boolean
}

/** What the transaction that a call is in has gathered for one cache: invalidations go there, and reads ask what they cover. */
export interface Inside {
  evict(keys: Iterable<string>): void
  evictTags(tags: readonly string[]): void
  clear(): void
  expire(keys: Iterable<string>): void
  expireTags(tags: readonly string[]): void
  touches(key: string): boolean
  touchesTags(tags: readonly string[]): boolean
}

/** What the steps of the walk ask of transactions. */
export interface Ambient {
  /** How many are open in this manager; none: nothing else need be asked. */
  readonly open: number
  changes(parts: Parts): Inside | undefined
}

/** What a loader is given: a signal that falls when nobody waits any more, the value it replaces, and a way to keep that one. */
export interface LoadContext<V = unknown> {
  readonly signal: AbortSignal
  readonly previous: V | undefined
  /** Answer this to say that `previous` still holds: it becomes fresh again. */
  notModified(): V
}

/** How a missing value is made and kept. `method` is who loads: only calls of the same one share a load. */
export interface Load {
  readonly method: unknown
  readonly policy: Policy
  /** The counts of the method that asks, where one does. */
  readonly counts?: MethodCounts | undefined
  readonly run: (context: LoadContext) => unknown
  /** How long the result is fresh, ms; undefined: not to be stored. */
  readonly fresh: (value: unknown) => number | undefined
  readonly tags: (value: unknown) => readonly string[]
  readonly unless: ((value: unknown) => unknown) | undefined
  /** Falls when this caller does not wait any more. */
  readonly signal?: AbortSignal | undefined
  /** Told when this call waits for somebody else's load instead of loading. */
  readonly elsewhere?: (() => void) | undefined
}

export function tell(parts: Parts, event: CacheEvent): void {
  if (parts.observers.any) parts.observers.emit(event)
}

export function notStored(parts: Parts, key: string, why: NotStored, error?: unknown): void {
  parts.stats.notStored++
  parts.ledger.trace(key, { what: 'refused', at: parts.clock.monotonic(), why })
  tell(parts, { type: 'not-stored', cache: parts.name, key, why, error })
}
