import type { Found } from '@cachesmith/core'
import type { Control } from './control.js'
import type { Layout } from './layout.js'
import type { Entry } from './record.js'

/** What a read of a key has shown: its entry's tags as they are written, and the id of an entry that was found to be void. */
export interface Sight {
  readonly written: string
  readonly tags: readonly string[]
  /** The names of the tags' records, in the order of the tags. */
  readonly records: readonly string[]
  readonly void: string | undefined
  /** What the records said of an entry. */
  proof?: Proof | undefined
}

/**
 * An entry, by its head, that was found good at a position. No invalidation leaves the position as it is, and no two
 * histories share one: while it stands, so does the verdict.
 */
interface Proof {
  readonly head: string
  readonly id: string
  readonly position: string
  readonly expired: boolean
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
    const sight =
      known?.written === written
        ? { ...known, void: outdated, proof: undefined }
        : { written: own(written), tags, records: tags.map((tag) => this.#layout.record(tag)), void: outdated }
    this.#sights.set(key, sight)
    if (this.#sights.size <= this.most) return
    for (const oldest of this.#sights.keys()) {
      this.#sights.delete(oldest)
      break
    }
  }

  /** The entry was found good at a position. */
  good(key: string, entry: Entry, position: string, expired: boolean): void {
    this.see(key, entry.written, entry.tags)
    const sight = this.#sights.get(key)
    if (!sight) return
    const { proof } = sight
    const [head, id] = proof?.head === entry.head ? [proof.head, proof.id] : [own(entry.head), own(entry.id)]
    sight.proof = { head, id, position, expired }
  }

  /** What is known of an entry as it was read, where its proof still stands. */
  proven({ proof }: Sight, written: string, control: Control | undefined): Found | undefined {
    if (proof === undefined || proof.position !== control?.position) return undefined
    // A part that is compared as a whole costs a third of `startsWith`.
    const { length } = proof.head
    if (written[length] !== '\n' || written.slice(0, length) !== proof.head) return undefined
    const found = { kind: 'found', text: written.slice(length + 1), id: proof.id } as const
    return proof.expired ? { ...found, expired: true } : found
  }
}

/** The same text in memory of its own: a part of a text that was read keeps all of it. */
const own = (text: string): string => Buffer.from(text).toString()
