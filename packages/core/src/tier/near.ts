import type { Entry } from '../entry/entry.js'
import type { Position } from '../position/position.js'
import { Bounded } from '../store/bounded.js'

/** The memory tier of one cache: synchronous, bounded, and true only as far as the cache's position says. */
export class Near {
  #entries: Bounded<Entry>
  /** Entries of older generations of the values' version, newest first; at most two are kept. */
  #older: Bounded<Entry>[] = []

  constructor(
    private readonly position: Position,
    maxEntries: number,
    maxBytes: number,
    readonly maxTtl: number,
    evicted: () => void,
  ) {
    this.#entries = new Bounded(maxEntries, maxBytes, evicted)
  }

  /** Starts a new generation: what is here is out of reach, but for `peek` with its age in generations. */
  bump(): void {
    this.#older = [this.#entries, ...this.#older].slice(0, 2)
    this.#entries = new Bounded(this.#entries.maxEntries, this.#entries.maxWeight, this.#entries.evicted)
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
    if (entry === undefined || entry.position >= this.position.tagged) return entry
    if (!this.position.stands(entry.position, entry.tags)) {
      this.#entries.delete(key)
      return undefined
    }
    entry.position = this.position.n
    return entry
  }

  /** Looks without counting as a use. */
  peek(key: string, age = 0): Entry | undefined {
    const entry = (age === 0 ? this.#entries : this.#older[age - 1])?.peek(key)
    return entry !== undefined && this.position.stands(entry.position, entry.tags) ? entry : undefined
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
