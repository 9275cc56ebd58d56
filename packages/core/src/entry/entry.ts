/** What an entry is made of. Times are ms on the monotonic clock. */
export interface EntryParts {
  readonly key: string
  readonly value: unknown
  /** True: every reader gets its own copy, for what cannot be frozen. */
  readonly copied: boolean
  readonly tags: readonly string[]
  readonly bornAt: number
  readonly freshUntil: number
  readonly staleUntil: number
  /** A hit after this moment starts a refresh behind. */
  readonly refreshAt: number
  /** The cache's position from before the load. */
  readonly position: number
  /** The store's id of the entry it came from, to say which one a refresh replaces. */
  readonly id: string | undefined
}

/**
 * A value in memory and its times, which are whole ms: a fraction would be a box of its own for each, which costs a hit a look into
 * memory and an entry 16 bytes. What a hit reads stands first.
 */
export class Entry {
  readonly value: unknown
  /** From this moment on a hit does not do without a walk: to refresh behind, because it is stale, or because it is gone (-1). */
  dueAt: number
  /** It moves up when the entry is found to stand at a newer one. */
  position: number
  readonly copied: boolean
  /** Set by a hit, cleared by the hand of the eviction. */
  visited = false
  readonly key: string
  /** The value as a promise that is kept, once a hit was asked for one; only where readers share the value. */
  promise: Promise<unknown> | undefined = undefined
  readonly tags: readonly string[]
  freshUntil: number
  staleUntil: number
  readonly bornAt: number
  readonly id: string | undefined
  /** Bytes, where they are counted. */
  weight = 0

  constructor(of: EntryParts) {
    this.value = of.value
    this.dueAt = Math.floor(of.refreshAt)
    this.position = of.position
    this.copied = of.copied
    this.key = of.key
    this.tags = of.tags
    this.freshUntil = Math.floor(of.freshUntil)
    this.staleUntil = Math.floor(of.staleUntil)
    this.bornAt = Math.floor(of.bornAt)
    this.id = of.id
  }

  /** Makes it stale, not gone: it ends being fresh at `now`. The hit path, whose clock is coarse, is told by -1. */
  expire(now: number): void {
    this.freshUntil = Math.min(this.freshUntil, Math.floor(now))
    this.dueAt = -1
  }

  /** Ends its life no later than at `limit`. */
  shorten(limit: number): void {
    if (this.staleUntil <= limit) return
    this.staleUntil = Math.floor(limit)
    this.freshUntil = Math.min(this.freshUntil, this.staleUntil)
    this.dueAt = Math.min(this.dueAt, this.freshUntil)
  }

  /** It is no longer in memory: whoever remembers it by its place looks again. */
  gone(): void {
    this.dueAt = -1
  }
}

/** The life of a new entry, ms from its creation. */
export interface Life {
  readonly fresh: number
  /** Until when it may be served stale, from creation; at least `fresh`. */
  readonly stale: number
}
