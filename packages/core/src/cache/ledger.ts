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

/** What became of the last call on a key that did not end as a hit in memory. Times are of the monotonic clock. */
export type Trace =
  | { readonly what: 'miss'; readonly at: number; readonly why: MissReason; readonly tag: string | undefined }
  | { readonly what: 'refused'; readonly at: number; readonly why: NotStored }
  | { readonly what: 'outdated'; readonly at: number; readonly tag: string | undefined }
  | { readonly what: 'stored'; readonly at: number }

/** What `explain` answers from: the last invalidations, and the last outcome of each key. Bounded, and a hit in memory does not write to it. */
export class Ledger {
  readonly #invalidated: Invalidated[] = []
  /** Two halves, the newer and the older: the oldest keys of one Map would be found behind ever more holes. */
  #traces = new Map<string, Trace>()
  #older = new Map<string, Trace>()
  /** Until when one of them says `outdated`: so many more traces. None: a miss need not look. */
  #outdated = 0

  constructor(
    private readonly maxKeys = 1_000,
    private readonly maxInvalidations = 256,
  ) {}

  trace(key: string, trace: Trace): void {
    if (trace.what === 'outdated') this.#outdated = this.maxKeys
    else if (this.#outdated > 0) this.#outdated--
    this.#traces.set(key, trace)
    if (this.#traces.size <= this.maxKeys / 2) return
    this.#older = this.#traces
    this.#traces = new Map()
  }
  /** What memory has just found outdated, and by which tag; undefined where the last trace of the key says something else. */
  outdated(key: string): { readonly tag: string | undefined } | undefined {
    if (this.#outdated === 0) return undefined
    const last = this.last(key)
    return last?.what === 'outdated' ? last : undefined
  }

  last(key: string): Trace | undefined {
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
