import type { MissReason, NotStored } from '../kernel/events.js'
import type { Invalidations } from '../store/store.js'

/** Who invalidated: this process, or another one whose deed was heard. */
export type Originator = 'this process' | 'another process'

/** One invalidation that was applied here. `where` names the decorated method that it came from, where one did. */
export interface Invalidated extends Invalidations {
  readonly at: number
  readonly soft: boolean
  readonly by: Originator
  readonly where: string | undefined
}

/** What became of the last call on a key that tells more than that nothing was there. Times are of the monotonic clock. */
export type Trace =
  | { readonly what: 'miss'; readonly at: number; readonly why: MissReason; readonly tag: string | undefined }
  | { readonly what: 'refused'; readonly at: number; readonly why: NotStored }
  | { readonly what: 'outdated'; readonly at: number; readonly tag: string | undefined }

/** That the last call on a key had its result stored. */
export interface Stored {
  readonly what: 'stored'
  readonly at: number
}

/** A trace, and how many values had been stored before it: what was stored later is not among those. */
interface Dated {
  readonly trace: Trace
  readonly after: number
}

/**
 * What `explain` answers from: the last invalidations, and the last outcome of each key. Bounded, and a hit in memory does not write to it.
 * That a value was stored, which most misses end with, is a line in a ring that only who asks looks through.
 */
export class Ledger {
  readonly #invalidated: Invalidated[] = []
  /** Two halves, the newer and the older: the oldest keys of one Map would be found behind ever more holes. */
  #traces = new Map<string, Dated>()
  #older = new Map<string, Dated>()
  /** Until when one of them says `outdated`: so many more traces. */
  #outdated = 0
  readonly #storedKeys: string[] = []
  readonly #storedAt: number[] = []
  /** How many were stored; the last `maxKeys` of them are known. */
  #stored = 0

  constructor(
    private readonly maxKeys = 1_000,
    private readonly maxInvalidations = 256,
  ) {}

  trace(key: string, trace: Trace): void {
    if (trace.what === 'outdated') this.#outdated = this.maxKeys
    else if (this.#outdated > 0) this.#outdated--
    this.#traces.set(key, { trace, after: this.#stored })
    if (this.#traces.size <= this.maxKeys / 2) return
    this.#older = this.#traces
    this.#traces = new Map()
  }

  /** A value was stored at `at`, ms. */
  stored(key: string, at: number): void {
    const place = this.#stored++ % this.maxKeys
    this.#storedKeys[place] = key
    this.#storedAt[place] = at
  }

  /** False: `outdated` would say undefined of any key. */
  get mayKnow(): boolean {
    return this.#outdated > 0
  }

  /** What memory has just found outdated, and by which tag; undefined where the last trace of the key says something else. */
  outdated(key: string): { readonly tag: string | undefined } | undefined {
    const last = this.#dated(key)?.trace
    return last?.what === 'outdated' && this.last(key) === last ? last : undefined
  }

  last(key: string): Trace | Stored | undefined {
    const dated = this.#dated(key)
    const oldest = Math.max(dated?.after ?? 0, this.#stored - this.maxKeys)
    for (let n = this.#stored - 1; n >= oldest; n--) {
      const place = n % this.maxKeys
      if (this.#storedKeys[place] === key) return { what: 'stored', at: this.#storedAt[place]! }
    }
    return dated?.trace
  }

  #dated(key: string): Dated | undefined {
    return this.#traces.get(key) ?? this.#older.get(key)
  }

  invalidated(what: Invalidated): void {
    const { keys, tags } = what
    const most = this.maxKeys
    // A batch of a hundred thousand names is not worth its memory here: who was among the first of them is told.
    const long = keys.length > most || tags.length > most
    this.#invalidated.push(long ? { ...what, keys: keys.slice(0, most), tags: tags.slice(0, most) } : what)
    if (this.#invalidated.length > this.maxInvalidations) this.#invalidated.shift()
  }

  /** The newest invalidation that covers a key or one of these tags, not older than `since`. */
  newest(key: string, tags: readonly string[], since = -Infinity): Invalidated | undefined {
    return this.#invalidated.findLast(
      (i) => i.at >= since && (i.all || i.keys.includes(key) || i.tags.some((tag) => tags.includes(tag))),
    )
  }
}
