import type { Layout } from './layout.js'

/** What a read of a key has shown: its entry's tags as they are written, and the id of an entry that was found to be void. */
export interface Sight {
  readonly written: string
  readonly tags: readonly string[]
  /** The names of the tags' records, in the order of the tags. */
  readonly records: readonly string[]
  readonly void: string | undefined
}

/**
 * What this process remembers of the entries it has seen, so that a read asks for the records of their tags in the same
 * request, and a load need not look again at an entry that is known to be void. Wrong or forgotten, it costs a request.
 */
export class Seen {
  readonly #sights = new Map<string, Sight>()
  readonly #layout: Layout

  constructor(
    layout: Layout,
    readonly most = 10_000,
  ) {
    this.#layout = layout
  }

  of(key: string): Sight | undefined {
    return this.#sights.get(key)
  }

  /** `outdated` is the id of an entry that no later look can find good. */
  see(key: string, written: string, tags: readonly string[], outdated?: string): void {
    const known = this.#sights.get(key)
    if (known?.written === written && known.void === outdated) return
    this.#sights.delete(key)
    if (tags.length === 0 && outdated === undefined) return
    const records = known?.written === written ? known.records : tags.map((tag) => this.#layout.record(tag))
    this.#sights.set(key, { written, tags, records, void: outdated })
    if (this.#sights.size <= this.most) return
    for (const oldest of this.#sights.keys()) {
      this.#sights.delete(oldest)
      break
    }
  }
}
