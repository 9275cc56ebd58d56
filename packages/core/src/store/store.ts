import type { Finding } from '../kernel/finding.js'

/** A value on its way to a store: the text of its envelope, the tags it bears, how long the store keeps it (ms, or Infinity). */
export interface Sealed {
  readonly text: string
  readonly tags: readonly string[]
  readonly life: number
}

/** What a text begins with, and what that says to its reader. */
export interface Front {
  readonly text: string
  readonly meaning: unknown
}

/**
 * What a store found under a key and holds for valid; `id` names this very entry, so that a refresh can say which one it replaces.
 * `expired`: one of its tags was expired since its load, so it is stale whatever its age.
 */
export interface Stored {
  readonly text: string
  readonly id: string
  readonly expired?: boolean | undefined
  /** The reader left it with an earlier text of the entry, and this one begins so too: it need not be read again. */
  readonly front?: Front | undefined
  /** Where the reader may leave it; only a store that knows entries again has such a place. */
  readonly memo?: { front: Front | undefined } | undefined
}

/** Invalidations of one call together with a put: `all` is the whole cache. */
export interface Invalidations {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly all: boolean
}

/** Why a read found nothing that may be served. */
export type Absence = 'absent' | 'outdated' | 'cleared' | 'tagged'

/** One answer of `read`, in the order asked. `tag` names the tag that outdated it. */
export type Found =
  | ({ readonly kind: 'found' } & Stored)
  | { readonly kind: 'missing'; readonly why: Absence; readonly tag?: string }

/** The right to fill one key, taken before its load: the position from before the load, and the lease where the store has leases. Opaque. */
export interface Ticket {
  readonly key: string
}

/** Answer of `begin`: go on, somebody else is loading, somebody is writing, or a value has come meanwhile. */
export type Begun =
  | { readonly kind: 'granted'; readonly ticket: Ticket }
  | { readonly kind: 'busy' }
  | { readonly kind: 'writing' }
  | ({ readonly kind: 'value' } & Stored)

/** Why a fill was not kept. */
export type Refusal = 'fenced' | 'tagged' | 'cleared' | 'lost'
export type Filled = { readonly kind: 'stored' } | { readonly kind: 'refused'; readonly why: Refusal }

/** What others have done since the last poll. `unknown`: too much to tell, or it cannot be told; everything in memory is dropped. */
export type Heard =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'names'; readonly keys: readonly string[]; readonly tags: readonly string[] }
  | { readonly kind: 'unknown' }

/** What a store can do; declared, never guessed. */
export interface Capabilities {
  /** Checks and writes in one step: no window between a fence's check and its fill. */
  readonly atomic: boolean
  /** Other processes may use the same store: memory in front of it is trusted only while polls say so. */
  readonly shared: boolean
  /** Entries outlive the process. */
  readonly durable: boolean
  /** One load per key over all processes, by lease. */
  readonly leases: boolean
}

/** Which cache of which application a store is asked for. `version` is the shape of its values, in each key's prefix. */
export interface CacheScope {
  readonly namespace: string
  readonly cache: string
  readonly version: number
  /** Longest time that an entry of this cache may live (ms, or Infinity): how long tag records are kept. */
  readonly longestLife: number
  /** How long a lease stands without renewal, ms. */
  readonly leaseTime: number
  readonly now: () => number
}

/**
 * One cache's part of a store. Every verb rejects when its outcome is unknown; none answers success for what was not done.
 * Keys and tags are any text, never trusted to be free of separators. An invalidation reaches the entries of all versions.
 */
export interface StoreCache {
  read(keys: readonly string[]): Promise<readonly Found[]>
  /** The same for keys of different callers: one that takes a further look is answered by a promise, and keeps no other waiting. @default read */
  readEach?(keys: readonly string[]): Promise<readonly (Found | Promise<Found>)[]>
  /** Before a load. `replaces` is the id of the entry that the caller holds for stale and wants to replace. */
  begin(key: string, replaces?: string): Promise<Begun>
  /** After it: kept only if nothing that the entry bears was invalidated since `begin`. */
  fill(ticket: Ticket, sealed: Sealed): Promise<Filled>
  /** The load failed or is not to be stored: let others load. */
  release(ticket: Ticket): Promise<void>
  /** Keeps a long load's lease; false when it was lost. */
  renew(ticket: Ticket): Promise<boolean>
  /** A text that differs once anybody has invalidated or written anything here: for a write-through whose key only its result tells. */
  position(): Promise<string>
  /** Before a write-through method runs: takes the writer's place on a key. */
  beginPut(key: string): Promise<Ticket>
  /**
   * After it: 'stored', or 'evicted' when another writer or an invalidation came between. `own` are the invalidations of the same
   * call: done in any case, in one step with the put where the store is atomic, and not counted against it.
   */
  put(ticket: Ticket, sealed: Sealed, own?: Invalidations): Promise<'stored' | 'evicted'>
  evict(keys: readonly string[]): Promise<void>
  /** Makes entries stale, not gone: `rewrite` maps an envelope to its stale form, or undefined to leave it. */
  expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void>
  evictTags(tags: readonly string[]): Promise<void>
  /** Makes all that bears one of these tags stale, not gone: reads answer it as `expired`. Others hear it as an eviction of the tags. */
  expireTags(tags: readonly string[]): Promise<void>
  clear(): Promise<void>
  /** Moves all processes to the next generation of this version; answers its number (0 before the first). */
  bumpVersion(): Promise<number>
  /** The current generation, and reads in an older one. */
  generation(): Promise<number>
  readAt(generation: number, keys: readonly string[]): Promise<readonly Found[]>
  /** What was done by others since the last poll (all processes, this one's own deeds may be among them). */
  poll(): Promise<Heard>
  /** Where others' deeds are pushed, as messages: `heard` is called with them as they come, in order; a gap is told as `unknown`. */
  listen?(heard: (what: Heard) => void): void
}

/** Somewhere that entries are kept beyond this process's memory. The one port that the engine speaks; its verbs are the protocol's. */
export interface Store {
  readonly name: string
  readonly capabilities: Capabilities
  /** Opens it, once; rejects with a CacheConfigError when what was configured cannot work at all, with a StoreError when it may come back. */
  open(): Promise<void>
  cache(scope: CacheScope): StoreCache
  /** How an opened store finds itself and its settings, for operators; asked by hand, never on the way of a call. */
  diagnose?(): Promise<readonly Finding[]>
  close(): Promise<void>
}
