import type { Found, Stored } from '@cachesmith/core'
import type { Control } from './control.js'
import { readable } from './layout.js'
import { textOf } from './pipe.js'
import { type Entry, judge, readEntry } from './record.js'
import { Seen, type Sight } from './seen.js'
import type { Session } from './session.js'

/** Keys that one request asks for together: of large values, not too many. */
const mostKeys = 250
const mostMoves = 5
/** Answers in a row of one position, after which the next one is expected to be of it too. */
const calmAfter = 16

interface Ask {
  readonly sight: Sight | undefined
  readonly records: readonly string[]
}

const none: readonly never[] = []
const nothing: Ask = { sight: undefined, records: none }
const absent: Found = { kind: 'missing', why: 'absent' }
const foreign: Found = { kind: 'missing', why: 'outdated' }

/** Reads entries together with the control and the records that they are judged by. */
export class Reader {
  readonly seen: Seen
  readonly #session: Session
  /** The position that the last answer told, how many before it told the same, and which one it was. */
  #position = ''
  #calm = 0
  #turn = -1

  constructor(session: Session) {
    this.seen = new Seen(session.layout)
    this.#session = session
  }

  /** In the current generation, or in an older one that can still be read. */
  read(keys: readonly string[], generation?: number): Promise<Found[]> {
    if (keys.length <= mostKeys) return this.#read(keys, generation, mostMoves)
    const answers: Promise<Found[]>[] = []
    for (let from = 0; from < keys.length; from += mostKeys)
      answers.push(this.#read(keys.slice(from, from + mostKeys), generation, mostMoves))
    return Promise.all(answers).then((found) => found.flat())
  }

  /** Judges an entry that a script found; undefined when it is void. */
  async accept(key: string, written: string, control: Control): Promise<Stored | undefined> {
    const entry = readEntry(written)
    const found = entry && (await this.#settle(key, entry, control, undefined))
    return found?.kind === 'found' ? found : undefined
  }

  #read(keys: readonly string[], generation: number | undefined, moves: number): Promise<Found[]> {
    const { layout, shape } = this.#session
    const at = generation === undefined ? shape : { ...shape, generation }
    const sights = keys.map((key) => this.#toAsk(key))
    let names = keys.length
    for (const { records } of sights) names += records.length
    const batch = this.#session.batch(names)
    const places = keys.map((key) => batch.add(layout.entry(at, key)))
    const marks = sights.map(({ records }) => (records.length === 0 ? none : records.map((name) => batch.share(name))))
    return batch.answer.then((values) => {
      const control = this.#session.read(textOf(values[0]))
      if (control) this.#note(control, batch.turn)
      if (control && generation === undefined && this.#session.shape.generation !== at.generation)
        return moves > 1 ? this.#read(keys, generation, moves - 1) : keys.map(() => absent)
      if (control && !this.#isReadable(control, at.generation)) return keys.map(() => absent)
      let waits = false
      const found = keys.map((key, place): Found | Promise<Found> => {
        const written = textOf(values[places[place] as number])
        if (written === null) return absent
        const { sight, records } = sights[place] as Ask
        const proven = sight && records.length === 0 ? this.seen.proven(sight, written, control) : undefined
        if (proven) return proven
        const entry = readEntry(written, sight)
        if (!entry) return foreign
        const known = records.length > 0 && entry.written === sight?.written
        const answer = this.#settle(key, entry, control, known ? textsAt(values, marks[place]!) : undefined)
        if (answer instanceof Promise) waits = true
        return answer
      })
      return waits ? Promise.all(found) : (found as Found[])
    })
  }

  /** What is known of a key, and the records to ask for with it. */
  #toAsk(key: string): Ask {
    const sight = this.seen.of(key)
    if (sight === undefined) return nothing
    return { sight, records: this.#isProven(sight) ? none : sight.records }
  }

  /** The records need not be asked for: nothing has happened to this cache for a while, and what they said is known. */
  #isProven(sight: Sight): boolean {
    return this.#calm >= calmAfter && sight.proof?.position === this.#position
  }

  #note(control: Control, turn: number): void {
    if (turn === this.#turn) return
    this.#turn = turn
    this.#session.see(control)
    this.#calm = control.position === this.#position ? this.#calm + 1 : 0
    this.#position = control.position
  }

  /** Judges; asks once more where the records are not at hand. What is read later is only stricter. */
  #settle(
    key: string,
    entry: Entry,
    control: Control | undefined,
    records: readonly (string | null)[] | undefined,
  ): Found | Promise<Found> {
    const judged = judge(entry, control, records)
    if (judged.kind === 'unproven') return this.#prove(key, entry)
    if (judged.kind === 'found') this.seen.good(key, entry, control!.position, judged.expired === true)
    else this.seen.see(key, entry.written, entry.tags, entry.id)
    return judged
  }

  #prove(key: string, entry: Entry): Promise<Found> {
    const { layout } = this.#session
    const batch = this.#session.batch(entry.tags.length)
    const places = entry.tags.map((tag) => batch.share(layout.record(tag)))
    return batch.answer.then((values) =>
      this.#settle(key, entry, this.#session.read(textOf(values[0])), textsAt(values, places)),
    )
  }

  /** Under a version that control does not list, no invalidation reaches the entries. */
  #isReadable(control: Control, generation: number): boolean {
    const { shape } = this.#session
    const listed = control.shapes.find(({ version }) => version === shape.version)?.generation
    return listed !== undefined && generation <= listed && generation > listed - readable
  }
}

const textsAt = (values: readonly unknown[], places: readonly number[]) => places.map((place) => textOf(values[place]))
