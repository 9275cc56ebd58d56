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

/** What most entries need not keep: they are no copies, come from no store, and are due when they end. */
interface Rarities {
  readonly copied: boolean
  readonly id: string | undefined
  freshUntil: number
  staleUntil: number
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
  /** The value as a promise that is kept, once a hit was asked for one; only where readers share the value. */
  promise: Promise<unknown> | undefined
  /** Set by a hit, cleared by the hand of the eviction. */
  visited: boolean
  readonly key: string
  readonly tags: readonly string[]
  readonly bornAt: number
  /** Bytes, as estimated. */
  weight: number
  private rare: Rarities | undefined

  /** Times are whole ms. A list and not an object of names: each miss makes one of these. */
  constructor(
    value: unknown,
    key: string,
    tags: readonly string[],
    position: number,
    bornAt: number,
    dueAt: number,
    rare: Rarities | undefined,
  ) {
    this.value = value
    this.dueAt = dueAt
    this.position = position
    this.promise = undefined
    this.visited = false
    this.key = key
    this.tags = tags
    this.bornAt = bornAt
    this.weight = 0
    this.rare = rare
  }

  /** An entry of any kind. */
  static of(of: EntryParts): Entry {
    const { copied, id, staleUntil, freshUntil, refreshAt } = of
    const rare =
      copied || id !== undefined || staleUntil !== freshUntil || refreshAt !== freshUntil
        ? { copied, id, freshUntil: Math.floor(freshUntil), staleUntil: Math.floor(staleUntil) }
        : undefined
    return new Entry(of.value, of.key, of.tags, of.position, Math.floor(of.bornAt), Math.floor(refreshAt), rare)
  }

  get freshUntil(): number {
    return this.rare === undefined ? this.dueAt : this.rare.freshUntil
  }

  get copied(): boolean {
    return this.rare?.copied === true
  }
  get id(): string | undefined {
    return this.rare?.id
  }
  get staleUntil(): number {
    return this.rare === undefined ? this.dueAt : this.rare.staleUntil
  }

  /** Makes it stale, not gone: it ends being fresh at `now`. The hit path, whose clock is coarse, is told by -1. */
  expire(now: number): void {
    this.rare ??= { copied: false, id: undefined, freshUntil: this.dueAt, staleUntil: this.dueAt }
    this.rare.freshUntil = Math.min(this.rare.freshUntil, Math.floor(now))
    this.dueAt = -1
  }

  /** Ends its life no later than at `limit`. */
  shorten(limit: number): void {
    if (this.staleUntil <= limit) return
    const end = Math.floor(limit)
    this.dueAt = Math.min(this.dueAt, end)
    if (this.rare === undefined) return
    this.rare.staleUntil = end
    this.rare.freshUntil = Math.min(this.rare.freshUntil, end)
  }

  /** Lets a stale one count as fresh until `limit`. */
  prolong(limit: number): void {
    this.dueAt = Math.floor(limit)
    if (this.rare !== undefined) this.rare.freshUntil = this.dueAt
  }

  /**
   * Made by this process, and over so soon after (ms) that it need not be known what others have done since: whoever reads it then is
   * not told later than by the store.
   */
  isBrief(ms: number): boolean {
    return this.id === undefined && this.staleUntil - this.bornAt <= ms
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
