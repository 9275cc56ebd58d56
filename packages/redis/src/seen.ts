import type { Found, Front } from '@cachesmith/core'
import type { Layout } from './layout.js'
import { type Entry, textBehind } from './record.js'

/** What a read of a key has shown: its entry's tags as they are written, and the id of an entry that was found to be void. */
export interface Sight {
  readonly written: string
  readonly tags: readonly string[]
  /** The names of the tags' records, in the order of the tags. */
  readonly records: readonly string[]
  readonly void: string | undefined
  known: Known | undefined
}

/**
 * An entry that was found good at a position. No invalidation leaves the position as it is, and no two histories share one: while it
 * stands, so does the verdict.
 */
export interface Known {
  readonly entry: Entry
  position: string
  expired: boolean
  /** What its reader left of the text behind its head. */
  front: Front | undefined
  /** All that stands before the value, where that is known. */
  beginning: string
  beginningOf: Front | undefined
}

/**
 * What this process remembers of the entries it has seen, so that a read asks for the records of their tags in the same
 * request, a load need not look again at an entry that is known to be void, and what stands in front of a value is read once. Wrong or
 * forgotten, it costs a request.
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
    // Without tags there is less to know: such an entry takes no place of another.
    if (tags.length === 0 && outdated === undefined && this.#sights.size >= this.most) return
    const sight =
      known?.written === written
        ? { ...known, void: outdated, known: undefined }
        : {
            written: own(written),
            tags,
            records: tags.map((tag) => this.#layout.record(tag)),
            void: outdated,
            known: undefined,
          }
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
    const { known } = sight
    if (known?.entry.head === entry.head) {
      known.position = position
      known.expired = expired
    } else sight.known = knownOf(entry, sight, position, expired)
  }
}

function knownOf(entry: Entry, { written, tags }: Sight, position: string, expired: boolean): Known {
  const [head, inc, id] = [own(entry.head), own(entry.inc), own(entry.id)]
  const known = { head, inc, t0: entry.t0, id, written, tags }
  return { entry: known, position, expired, front: undefined, beginning: `${head}\n`, beginningOf: undefined }
}

/** The entry that a key is known to have, where that is what was read. */
export function recognized(sight: Sight | undefined, text: string): Known | undefined {
  const known = sight?.known
  if (known === undefined) return undefined
  if (known.front !== known.beginningOf) know(known, known.front)
  if (begins(text, known.beginning)) return known
  if (known.front === undefined) return undefined
  // The same entry, written anew as stale.
  know(known, undefined)
  return begins(text, known.beginning) ? known : undefined
}

function know(known: Known, front: Front | undefined): void {
  known.front = known.beginningOf = front
  known.beginning = own(`${known.entry.head}\n${front?.text ?? ''}`)
}

/** A part that is compared as a whole costs a third of `startsWith`. */
const begins = (text: string, front: string): boolean => text.slice(0, front.length) === front

/** An entry that was just recognized, for who reads its text. */
export const foundOf = (known: Known, text: string, expired: boolean): Found => ({
  kind: 'found',
  text: textBehind(known.entry, text),
  id: known.entry.id,
  expired: expired || undefined,
  front: known.front,
  memo: known,
})

/** The same text in memory of its own: a part of a text that was read keeps all of it. */
const own = (text: string): string => Buffer.from(text).toString()
