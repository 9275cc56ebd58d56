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
  /** How many entries have come: who has found a key absent, and finds this unmoved, need not look again. */
  comings = 0
  /** Entries that went and may still be remembered. */
  #graves = 0
  readonly #forgetters: (() => void)[] = []
  readonly maxTtl: number

  constructor(
    private readonly position: Position,
    private readonly bounds: NearBounds,
  ) {
    this.maxTtl = bounds.maxTtl
    this.#entries = this.#empty()
  }

  #empty(): Bounded<Entry> {
    return new Bounded(this.bounds.maxEntries, this.bounds.maxBytes, (entry) => {
      this.bounds.evicted()
      this.#bury(entry)
    })
  }

  /** Starts a new generation: what is here is out of reach, but for `peek` with its age in generations. */
  bump(): void {
    this.#older = [this.#entries, ...this.#older].slice(0, 2)
    this.#entries = this.#empty()
    this.#forget()
  }

  get size(): number {
    return this.#entries.size
  }
  /** The keys of all entries, as they are now; some may not stand. */
  keys(): string[] {
    return this.#entries.keys()
  }
  get bytes(): number {
    return this.#entries.weight
  }

  /** The entry of a key, if nothing that it bears was invalidated since its load; it may be stale by age. */
  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.visited = true
    return this.stands(entry) ? entry : undefined
  }

  /** Looks without counting as a use. `age`: of which older generation. */
  peek(key: string, age = 0): Entry | undefined {
    const entry = (age === 0 ? this.#entries : this.#older[age - 1])?.get(key)
    if (entry === undefined || entry.position >= this.position.moved) return entry
    return this.position.stands(entry.position, entry.tags) ? this.#aged(entry) : undefined
  }

  /** True when nothing that an entry bears was invalidated since its load; one that does not stand goes. */
  stands(entry: Entry): boolean {
    if (entry.position >= this.position.moved) return true
    if (this.position.stands(entry.position, entry.tags)) return this.#aged(entry) !== undefined
    if (this.#entries.get(entry.key) === entry) {
      this.delete(entry.key)
      this.bounds.outdated(entry.key, this.position.newest(entry.position, entry.tags))
    }
    return false
  }

  /** An entry that stands, stale where one of its tags was expired; what is true now of it need not be asked again. */
  #aged(entry: Entry): Entry {
    const expiredAt = this.position.expiredAt(entry.position, entry.tags)
    if (expiredAt !== undefined) entry.expire(expiredAt)
    entry.position = this.position.n
    return entry
  }

  set(entry: Entry, weight: number): void {
    this.comings++
    const old = this.#entries.set(entry, weight)
    if (old !== undefined) this.#bury(old)
  }

  /**
   * Sets the entry that a load has made, unless somebody else has filled its key first: there stands another than the load has `seen`.
   * `since`: what `comings` was when the load found the key absent.
   */
  fill(entry: Entry, weight: number, seen: unknown, since = -1): boolean {
    const present = since === this.comings ? undefined : this.#entries.get(entry.key)
    if (present !== undefined) {
      if (present !== seen && this.peek(entry.key) !== undefined) return false
      this.#bury(present)
    }
    this.comings++
    this.#entries.put(entry, weight, present)
    return true
  }
  delete(key: string): void {
    const entry = this.#entries.delete(key)
    if (entry !== undefined) this.#bury(entry)
    for (const older of this.#older) older.delete(key)
  }
  clear(): void {
    this.#entries = this.#empty()
    this.#older = []
    this.#forget()
  }

  /**
   * For who remembers entries to save a look into the Map: they tell by `dueAt` that they are gone. So that they do not outlive their
   * bound there, `forget` is called when an eighth of the entries has gone, and when all have.
   */
  remembered(forget: () => void): void {
    this.#forgetters.push(forget)
  }

  #bury(entry: Entry): void {
    entry.gone()
    if (++this.#graves > 64 && this.#graves > this.#entries.size >> 3) this.#forget()
  }

  #forget(): void {
    this.#graves = 0
    for (const forget of this.#forgetters) forget()
  }
}
