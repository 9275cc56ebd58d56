/**
 * A value in memory and its times. `freshUntil` and `staleUntil` are on the monotonic clock; a dead entry has both at -Infinity.
 * `position` is the cache's position from before the load; it moves up when the entry is found to stand at a newer one.
 */
export class Entry {
  constructor(
    readonly value: unknown,
    /** Wall time of the load, ms. */
    readonly createdAt: number,
    public freshUntil: number,
    public staleUntil: number,
    /** A hit after this moment starts a refresh behind; Infinity: never. */
    public refreshAt: number,
    public position: number,
    readonly tags: readonly string[],
    /** True: every reader gets its own copy, for what cannot be frozen. */
    readonly copied: boolean,
    /** The store's id of the entry it came from, to say which one a refresh replaces. */
    readonly id: string | undefined,
  ) {}

  /** Makes it stale, not gone: it ends being fresh at `now`. The hit path, whose clock is coarse, is told by -Infinity. */
  expire(now: number): void {
    this.freshUntil = Math.min(this.freshUntil, now)
    this.refreshAt = -Infinity
  }
}

/** The life of a new entry, ms from its creation. */
export interface Life {
  readonly fresh: number
  /** Until when it may be served stale, from creation; at least `fresh`. */
  readonly stale: number
}
