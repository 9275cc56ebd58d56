import type { Entry } from '../entry/entry.js'
import type { Position } from '../position/position.js'
import { Bounded } from '../store/bounded.js'

/** How much the memory tier holds and for how long (ms), and who hears what goes. */
export interface NearBounds {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxTtl: number
  /** Told of an entry that went for want of room. */
  readonly evicted: () => void
  /** Told of an entry that a read found outdated, and by which tag (none: by a clear). */
  readonly outdated: (key: string, tag: string | undefined) => void
}

/** The memory tier of one cache: synchronous, bounded, and true only as far as the cache's position says. */
export class Near {
  #entries: Bounded<Entry>
  /** Entries of older generations of the values' version, newest first; at most two are kept. */
  #older: Bounded<Entry>[] = []

  readonly maxTtl: number

  constructor(
    private readonly position: Position,
    private readonly bounds: NearBounds,
  ) {
    this.maxTtl = bounds.maxTtl
    this.#entries = new Bounded(bounds.maxEntries, bounds.maxBytes, bounds.evicted)
  }

  /** Starts a new generation: what is here is out of reach, but for `peek` with its age in generations. */
  bump(): void {
    this.#older = [this.#entries, ...this.#older].slice(0, 2)
    this.#entries = new Bounded(this.bounds.maxEntries, this.bounds.maxBytes, this.bounds.evicted)
  }

  get size(): number {
    return this.#entries.size
  }
  get bytes(): number {
    return this.#entries.weight
  }
  get weighs(): boolean {
    return this.#entries.maxWeight !== Infinity
  }

  /** The entry of a key, if nothing that it bears was invalidated since its load; it may be stale by age. */
  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.position >= this.position.moved) return entry
    if (!this.position.stands(entry.position, entry.tags)) {
      this.#entries.delete(key)
      this.bounds.outdated(key, this.position.newest(entry.position, entry.tags))
      return undefined
    }
    return this.#aged(entry)
  }

  /** An entry that stands, stale where one of its tags was expired; what is true now of it need not be asked again. */
  #aged(entry: Entry): Entry {
    const expiredAt = this.position.expiredAt(entry.position, entry.tags)
    if (expiredAt !== undefined) entry.expire(expiredAt)
    entry.position = this.position.n
    return entry
  }

  /** Looks without counting as a use. */
  peek(key: string, age = 0): Entry | undefined {
    const entry = (age === 0 ? this.#entries : this.#older[age - 1])?.peek(key)
    return entry !== undefined && this.position.stands(entry.position, entry.tags) ? this.#aged(entry) : undefined
  }

  set(key: string, entry: Entry, weight: number): void {
    this.#entries.set(key, entry, weight)
  }
  delete(key: string): void {
    this.#entries.delete(key)
    for (const older of this.#older) older.delete(key)
  }
  clear(): void {
    this.#entries.clear()
    this.#older = []
  }
  entries(): IterableIterator<[string, Entry]> {
    return this.#entries.entries()
  }
}
