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
  readonly tags: readonly string[]
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
  readonly bornAt: number
  /** Bytes, as estimated. */
  weight: number
  /** Its tags, with the rarities where it has some: a field of its own for those takes 8 bytes of each entry. */
  private borne: readonly string[] | Rarities

  /** Times are whole ms. A list and not an object of names: each miss makes one of these. */
  constructor(
    value: unknown,
    key: string,
    borne: readonly string[] | Rarities,
    position: number,
    bornAt: number,
    dueAt: number,
  ) {
    this.value = value
    this.dueAt = dueAt
    this.position = position
    this.promise = undefined
    this.visited = false
    this.key = key
    this.bornAt = bornAt
    this.weight = 0
    this.borne = borne
  }

  /** An entry of any kind. */
  static of(of: EntryParts): Entry {
    const { tags, copied, id, staleUntil, freshUntil, refreshAt } = of
    const borne =
      copied || id !== undefined || staleUntil !== freshUntil || refreshAt !== freshUntil
        ? { tags, copied, id, freshUntil: Math.floor(freshUntil), staleUntil: Math.floor(staleUntil) }
        : tags
    return new Entry(of.value, of.key, borne, of.position, Math.floor(of.bornAt), Math.floor(refreshAt))
  }

  get tags(): readonly string[] {
    const { borne } = this
    return isList(borne) ? borne : borne.tags
  }

  get freshUntil(): number {
    return rareOf(this.borne)?.freshUntil ?? this.dueAt
  }

  get copied(): boolean {
    return rareOf(this.borne)?.copied === true
  }
  get id(): string | undefined {
    return rareOf(this.borne)?.id
  }
  get staleUntil(): number {
    return rareOf(this.borne)?.staleUntil ?? this.dueAt
  }

  /** Makes it stale, not gone: it ends being fresh at `now`. The hit path, whose clock is coarse, is told by -1. */
  expire(now: number): void {
    const { tags, dueAt } = this
    const rare = rareOf(this.borne) ?? { tags, copied: false, id: undefined, freshUntil: dueAt, staleUntil: dueAt }
    rare.freshUntil = Math.min(rare.freshUntil, Math.floor(now))
    this.borne = rare
    this.dueAt = -1
  }

  /** Ends its life no later than at `limit`. */
  shorten(limit: number): void {
    if (this.staleUntil <= limit) return
    const end = Math.floor(limit)
    this.dueAt = Math.min(this.dueAt, end)
    const rare = rareOf(this.borne)
    if (rare === undefined) return
    rare.staleUntil = end
    rare.freshUntil = Math.min(rare.freshUntil, end)
  }

  /** Lets a stale one count as fresh until `limit`. */
  prolong(limit: number): void {
    this.dueAt = Math.floor(limit)
    const rare = rareOf(this.borne)
    if (rare !== undefined) rare.freshUntil = this.dueAt
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

/** No private getter: an object of a class with one bears a mark of it, 8 bytes. */
const rareOf = (borne: readonly string[] | Rarities): Rarities | undefined => (isList(borne) ? undefined : borne)
const isList = (borne: readonly string[] | Rarities): borne is readonly string[] => Array.isArray(borne)

/** The life of a new entry, ms from its creation. */
export interface Life {
  readonly fresh: number
  /** Until when it may be served stale, from creation; at least `fresh`. */
  readonly stale: number
}
