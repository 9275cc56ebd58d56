/** The last expiry of a tag: the position then, and the time. */
interface Expiry {
  readonly n: number
  readonly at: number
}

/**
 * The position of one cache in this process: a counter that moves at each invalidation, and what it was when each tag was last
 * invalidated. An entry that bears the position from before its load stands while none of its tags has a newer one.
 * Invalidating is O(1), whatever it covers (Rails' recyclable keys, memcached's namespaces).
 */
export class Position {
  /** Moves by one at each invalidation that is applied here. */
  n = 0
  /** The position of the last invalidation of any tag, or of the last clear: what is not older than it needs no look at tags. */
  tagged = 0
  /** The position of the last clear. */
  cleared = 0
  /** The position of the last invalidation or expiry of any tag, or of the last clear: what is not older needs no look at all. */
  moved = 0
  #expired = 0
  #floor = 0
  /** Stands for every tag whose own expiry is forgotten. */
  #softFloor: Expiry = { n: 0, at: Infinity }
  readonly #tags = new Map<string, number>()
  readonly #soft = new Map<string, Expiry>()

  constructor(readonly maxTags = 100_000) {}

  tick(): number {
    return ++this.n
  }

  invalidate(tags: readonly string[]): void {
    this.moved = this.tagged = ++this.n
    for (const tag of tags) this.#tags.set(tag, this.n)
    if (this.#tags.size <= this.maxTags) return
    this.#tags.clear()
    this.#floor = this.n
  }

  /** What bears one of these tags is stale since `at` (of the monotonic clock), not gone. */
  expire(tags: readonly string[], at: number): void {
    this.moved = this.#expired = ++this.n
    for (const tag of tags) this.#soft.set(tag, { n: this.n, at })
    if (this.#soft.size <= this.maxTags) return
    this.#soft.clear()
    this.#softFloor = { n: this.n, at: Math.min(at, this.#softFloor.at) }
  }

  clear(): void {
    this.moved = this.cleared = this.tagged = this.#floor = ++this.n
    this.#tags.clear()
    this.#soft.clear()
  }

  /** True when nothing with these tags was invalidated after `since`. */
  stands(since: number, tags: readonly string[]): boolean {
    if (since >= this.tagged) return true
    return since >= this.cleared && this.newest(since, tags) === undefined
  }

  /** When the first of these tags that was expired after the position `since` was; undefined: none was. */
  expiredAt(since: number, tags: readonly string[]): number | undefined {
    if (since >= this.#expired) return undefined
    const expiries = tags.map((tag) => this.#soft.get(tag) ?? this.#softFloor).filter(({ n }) => n > since)
    return expiries.length === 0 ? undefined : Math.min(...expiries.map(({ at }) => at))
  }

  /** A tag among these that was invalidated after `since`. */
  newest(since: number, tags: readonly string[]): string | undefined {
    return tags.find((tag) => (this.#tags.get(tag) ?? this.#floor) > since)
  }
}
