import type { Begun, Filled, Refusal, Sealed, Ticket } from '@cachesmith/core'
import { type Control, readControl } from './control.js'
import type { Shape } from './layout.js'
import type { Reader } from './reader.js'
import { readEntry, writeBody } from './record.js'
import { fill } from './scripts/keep.js'
import { begin } from './scripts/lease.js'
import { lifeText, type Session } from './session.js'
import { Together } from './together.js'

/** A ticket as this store makes it: the lease, and the position from before the load. */
export interface Lease extends Ticket {
  readonly token: string
  readonly shape: Shape
  readonly inc: string
  readonly t0: number
}

interface BeginAsk {
  readonly key: string
  readonly token: string
  readonly replaces: string
  /** What is there cannot be read. */
  readonly isForeign: boolean
}
interface FillAsk {
  readonly lease: Lease
  readonly sealed: Sealed
}
/** What a script says of one key: a kind, and the entry, why it is refused, or what went wrong. */
interface Answer {
  readonly kind: string
  readonly word: string | undefined
}

const mostLooks = 10
/** In place of the id of a void entry: none can be read of what is there. */
const whatever = '*'
/** What one tag weighs in a request, as so much text. */
const tagWeight = 1_000

/** What misses ask of Redis, before a load and after it. Those of one turn of the event loop share a script, in which each key is judged alone. */
export class Misses {
  readonly #session: Session
  readonly #reader: Reader
  readonly #leaseTime: string
  readonly #begins = new Together((asks: readonly BeginAsk[]) => this.#begin(asks))
  readonly #fills = new Together(
    (asks: readonly FillAsk[]) => this.#fill(asks),
    ({ sealed }) => sealed.text.length + sealed.tags.length * tagWeight,
  )

  constructor(session: Session, reader: Reader, leaseTime: string) {
    this.#session = session
    this.#reader = reader
    this.#leaseTime = leaseTime
  }

  async begin(key: string, replaces: string): Promise<Begun> {
    let isForeign = false
    for (let looks = 0; looks < mostLooks; looks++) {
      const token = `L${this.#session.mark()}`
      const { kind, word, control, shape } = await this.#begins.ask({ key, token, replaces, isForeign })
      if (kind === 'failed') throw this.#session.failure(begin, word)
      if (kind === 'granted') return { kind, ticket: leaseOf(key, token, shape, control) }
      if (kind !== 'value') return { kind: kind as 'busy' | 'writing' }
      const stored = await this.#reader.accept(key, word as string, control)
      if (stored) return { ...stored, kind }
      isForeign = readEntry(word as string) === undefined
    }
    return { kind: 'busy' }
  }

  async fill(lease: Lease, sealed: Sealed): Promise<Filled> {
    const { kind, word } = await this.#fills.ask({ lease, sealed })
    if (kind === 'failed') throw this.#session.failure(fill, word)
    if (kind !== 'stored') return { kind: 'refused', why: word as Refusal }
    this.#reader.seen.see(lease.key, JSON.stringify(sealed.tags), sealed.tags)
    return { kind }
  }

  async #begin(asks: readonly BeginAsk[]): Promise<(Answer & { control: Control; shape: Shape })[]> {
    const { owner, layout } = this.#session
    let { shape } = this.#session
    const words = await this.#session.run(begin, () => {
      shape = this.#session.shape
      return {
        keys: asks.flatMap(({ key }) => [layout.entry(shape, key), layout.lease(shape, key)]),
        args: [
          `L${owner}.`,
          this.#leaseTime,
          ...asks.flatMap(({ key, token, replaces, isForeign }) => [
            token,
            replaces,
            isForeign ? whatever : (this.#reader.seen.of(key)?.void ?? ''),
          ]),
        ],
      }
    })
    const control = readControl(words[1]) as Control
    return asks.map((_, at) => ({ ...answerOf(words, at), control, shape }))
  }

  async #fill(asks: readonly FillAsk[]): Promise<Answer[]> {
    const { layout, recordLife } = this.#session
    const words = await this.#session.run(fill, () => {
      const places = asks.flatMap(({ lease }) => [
        layout.entry(lease.shape, lease.key),
        layout.lease(lease.shape, lease.key),
      ])
      const records = new Map<string, number>()
      const recordOf = (tag: string) => {
        const known = records.get(tag)
        if (known === undefined) records.set(tag, records.size + 1)
        return known ?? records.size
      }
      const contents = asks.flatMap(({ lease, sealed: { tags, text, life } }) => [
        ...[lease.token, lease.inc, lease.shape.generation, lease.t0, lifeText(life), writeBody(tags, text)],
        ...[tags.length, ...tags.map(recordOf)],
      ])
      return {
        keys: [...places, ...[...records.keys()].map((tag) => layout.record(tag))],
        args: [recordLife, asks.length, ...contents],
      }
    })
    return asks.map((_, at) => answerOf(words, at))
  }
}

export const leaseOf = (key: string, token: string, shape: Shape, { inc, n }: Control): Lease => ({
  key,
  token,
  shape,
  inc,
  t0: n,
})

/** Behind the three words that are about all: two of each key. */
const answerOf = (words: readonly (string | undefined)[], at: number): Answer => ({
  kind: words[3 + 2 * at] as string,
  word: words[4 + 2 * at],
})
