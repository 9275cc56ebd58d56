import type { Found, Stored } from '@cachesmith/core'
import type { Control } from './control.js'
import { readable } from './layout.js'
import { type Entry, judge, readEntry } from './record.js'
import { Seen, type Sight } from './seen.js'
import type { Session } from './session.js'

/** Keys that one request asks for together: of large values, not too many. */
const mostKeys = 250
const mostMoves = 5
/** Answers in a row of one position, after which the next one is expected to be of it too. */
const calmAfter = 16

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
    const names = [layout.control]
    for (const key of keys) names.push(layout.entry(at, key))
    const sights = keys.map((key) => this.seen.of(key))
    const asked = sights.map((sight) => sight !== undefined && !this.#isProven(sight))
    for (const [place, sight] of sights.entries()) if (asked[place]) names.push(...sight!.records)
    return this.#session.fetch(names, (values, turn) => {
      const control = this.#session.read(values[0])
      if (control) this.#note(control, turn)
      if (control && generation === undefined && this.#session.shape.generation !== at.generation)
        return moves > 1 ? this.#read(keys, generation, moves - 1) : keys.map(() => absent)
      if (control && !this.#isReadable(control, at.generation)) return keys.map(() => absent)
      let next = 1 + keys.length
      let waits = false
      const found = keys.map((key, place): Found | Promise<Found> => {
        const [written, sight] = [values[1 + place], sights[place]]
        const records = asked[place] ? values.slice(next, (next += sight!.records.length)) : undefined
        if (typeof written !== 'string') return absent
        if (sight && !records) {
          const proven = this.seen.proven(sight, written, control)
          if (proven) return proven
        }
        const entry = readEntry(written, sight)
        if (!entry) return foreign
        const answer = this.#settle(key, entry, control, entry.written === sight?.written ? records : undefined)
        if (answer instanceof Promise) waits = true
        return answer
      })
      return waits ? Promise.all(found) : (found as Found[])
    })
  }

  /** The records need not be asked for: nothing has happened to this cache for a while, and what they said is known. */
  #isProven(sight: Sight): boolean {
    return this.#calm >= calmAfter && sight.proof?.position === this.#position
  }

  #note(control: Control, turn: number): void {
    if (turn === this.#turn) return
    this.#session.see(control)
    this.#turn = turn
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
    const names = [layout.control]
    for (const tag of entry.tags) names.push(layout.record(tag))
    return this.#session.fetch(names, ([written, ...records]) =>
      this.#settle(key, entry, this.#session.read(written), records),
    )
  }

  /** Under a version that control does not list, no invalidation reaches the entries. */
  #isReadable(control: Control, generation: number): boolean {
    const { shape } = this.#session
    const listed = control.shapes.find(({ version }) => version === shape.version)?.generation
    return listed !== undefined && generation <= listed && generation > listed - readable
  }
}
