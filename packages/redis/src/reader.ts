import type { Found, Stored } from '@cachesmith/core'
import type { Control } from './control.js'
import { readable } from './layout.js'
import { type Batch, textOf } from './pipe.js'
import { type Entry, judge, readEntry, textBehind } from './record.js'
import { foundOf, recognized, Seen, type Sight } from './seen.js'
import type { Session } from './session.js'

/** Keys that one request asks for together: of large values, not too many. */
const mostKeys = 250
/** Names that one request bears, but for a key that alone needs more. */
const mostNames = 1_000
const mostMoves = 5
/** Answers in a row of one position, after which the next one is expected to be of it too. */
const calmAfter = 16

/** One key on its way: what is known of it, the records to ask for with it, and their places in the answer. */
interface Ask {
  readonly key: string
  readonly sight: Sight | undefined
  readonly records: readonly string[] | undefined
  marks: readonly number[] | undefined
}

/** What a request shows of one key; a promise where it takes another request. */
type Glance = Found | Promise<Found>

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

  /** In the current generation, or in an older one that can still be read; what is asked for in one tick goes together. */
  async read(keys: readonly string[], generation?: number): Promise<Found[]> {
    const asks = keys.map((key) => this.#toAsk(key))
    const found = this.#grouped(asks, (group, names) => this.#send(group, generation, this.#session.batch(names)))
    return Promise.all(await found)
  }

  /** The same for who has gathered already, so that it goes out at once; for whose entry is not proven yet it is a promise. */
  readEach(keys: readonly string[]): Promise<Glance[]> {
    const asks = keys.map((key) => this.#toAsk(key))
    return this.#grouped(asks, (group) => this.#send(group, undefined, this.#session.request()))
  }

  /** Judges an entry that a script found; undefined when it is void. */
  async accept(key: string, written: string, control: Control): Promise<Stored | undefined> {
    const entry = readEntry(written)
    const found = entry && (await this.#settle(key, entry, written, control, undefined))
    return found?.kind === 'found' ? found : undefined
  }

  /** In requests of bounded size. */
  #grouped(asks: Ask[], send: (asks: Ask[], names: number) => Promise<Glance[]>): Promise<Glance[]> {
    const answers: Promise<Glance[]>[] = []
    let from = 0
    let names = 0
    for (let at = 0; at < asks.length; at++) {
      const more = 1 + (asks[at]!.records?.length ?? 0)
      if (at > from && (names + more > mostNames || at - from === mostKeys)) {
        answers.push(send(asks.slice(from, at), names))
        from = at
        names = 0
      }
      names += more
    }
    const last = send(from === 0 ? asks : asks.slice(from), names)
    return from === 0 ? last : Promise.all([...answers, last]).then((found) => found.flat())
  }

  #send(asks: readonly Ask[], generation: number | undefined, batch: Batch, moves = mostMoves): Promise<Glance[]> {
    const { layout, shape } = this.#session
    const at = generation === undefined ? shape : { ...shape, generation }
    const first = batch.names.length
    for (const { key } of asks) batch.add(layout.entry(at, key))
    for (const ask of asks) if (ask.records !== undefined) ask.marks = ask.records.map((name) => batch.share(name))
    return batch.answer.then((values) => {
      const control = this.#session.read(textOf(values[0]))
      if (control) this.#note(control, batch.turn)
      if (control && generation === undefined && this.#session.shape.generation !== at.generation)
        return moves > 1 ? this.#send(asks, generation, this.#session.request(), moves - 1) : asks.map(() => absent)
      if (control && !this.#isReadable(control, at.generation)) return asks.map(() => absent)
      return asks.map((ask, place) => this.#judge(ask, textOf(values[first + place]), control, values))
    })
  }

  #judge(
    { key, sight, marks }: Ask,
    written: string | null,
    control: Control | undefined,
    values: readonly unknown[],
  ): Glance {
    if (written === null) return absent
    const known = recognized(sight, written)
    if (known !== undefined && marks === undefined && known.position === control?.position)
      return foundOf(known, written, known.expired)
    const entry = known?.entry ?? readEntry(written, sight)
    if (entry === undefined) return foreign
    const isMarked = marks !== undefined && entry.written === sight?.written
    const found = this.#settle(key, entry, written, control, isMarked ? textsAt(values, marks) : undefined)
    if (known === undefined || found instanceof Promise || found.kind === 'missing') return found
    return foundOf(known, written, found.expired === true)
  }

  /** What is known of a key, and the records to ask for with it. */
  #toAsk(key: string): Ask {
    const sight = this.seen.of(key)
    const isNeeded = sight !== undefined && sight.tags.length > 0 && !this.#isProven(sight)
    const records = isNeeded ? sight.records : undefined
    return { key, sight, records, marks: undefined }
  }

  /** The records need not be asked for: nothing has happened to this cache for a while, and what they said is known. */
  #isProven(sight: Sight): boolean {
    return this.#calm >= calmAfter && sight.known?.position === this.#position
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
    written: string,
    control: Control | undefined,
    records: readonly (string | null)[] | undefined,
  ): Found | Promise<Found> {
    const judged = judge(entry, control, records)
    if (judged.kind === 'unproven') return this.#prove(key, entry, written)
    if (judged.kind === 'good') {
      this.seen.good(key, entry, control!.position, judged.expired)
      const text = textBehind(entry, written)
      return {
        kind: 'found',
        text,
        id: entry.id,
        expired: judged.expired || undefined,
        front: undefined,
        memo: undefined,
      }
    }
    this.seen.see(key, entry.written, entry.tags, entry.id)
    return judged
  }

  #prove(key: string, entry: Entry, written: string): Promise<Found> {
    const { layout } = this.#session
    const batch = this.#session.batch(entry.tags.length)
    const places = entry.tags.map((tag) => batch.share(layout.record(tag)))
    return batch.answer.then((values) =>
      this.#settle(key, entry, written, this.#session.read(textOf(values[0])), textsAt(values, places)),
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
