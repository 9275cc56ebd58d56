import type { Found, Stored } from '@cachesmith/core'
import { type Control, readControl } from './control.js'
import { readable } from './layout.js'
import { type Entry, judge, readEntry } from './record.js'
import { Seen } from './seen.js'
import type { Session } from './session.js'

/** Keys that one request asks for together: of large values, not too many. */
const mostKeys = 250
const mostMoves = 5

const absent: Found = { kind: 'missing', why: 'absent' }
const foreign: Found = { kind: 'missing', why: 'outdated' }

/** Reads entries together with the control and the records that they are judged by. */
export class Reader {
  readonly seen: Seen
  readonly #session: Session

  constructor(session: Session) {
    this.seen = new Seen(session.layout)
    this.#session = session
  }

  /** In the current generation, or in an older one that can still be read. */
  async read(keys: readonly string[], generation?: number): Promise<Found[]> {
    if (keys.length <= mostKeys) return this.#read(keys, generation)
    const answers: Promise<Found[]>[] = []
    for (let from = 0; from < keys.length; from += mostKeys)
      answers.push(this.#read(keys.slice(from, from + mostKeys), generation))
    return (await Promise.all(answers)).flat()
  }

  /** Judges an entry that a script found; undefined when it is void. */
  async accept(key: string, written: string, control: Control): Promise<Stored | undefined> {
    const entry = readEntry(written)
    const found = entry && (await this.#settle(key, entry, control, undefined))
    return found?.kind === 'found' ? found : undefined
  }

  async #read(keys: readonly string[], generation: number | undefined): Promise<Found[]> {
    const { layout } = this.#session
    for (let moves = 0; moves < mostMoves; moves++) {
      const { shape } = this.#session
      const at = { ...shape, generation: generation ?? shape.generation }
      const sights = keys.map((key) => this.seen.of(key))
      const names = [layout.control, ...keys.map((key) => layout.entry(at, key))]
      for (const sight of sights) if (sight) names.push(...sight.records)
      const values = await this.#session.fetch(names)
      const control = readControl(values[0])
      if (control) this.#session.see(control)
      if (control && generation === undefined && this.#session.shape.generation !== at.generation) continue
      if (control && !this.#isReadable(control, at.generation)) return keys.map(() => absent)
      let next = 1 + keys.length
      const found = keys.map((key, place): Found | Promise<Found> => {
        const [written, sight] = [values[1 + place], sights[place]]
        const records = sight && values.slice(next, (next += sight.records.length))
        if (typeof written !== 'string') return absent
        const entry = readEntry(written, sight)
        if (!entry) return foreign
        return this.#settle(key, entry, control, entry.written === sight?.written ? records : undefined)
      })
      return Promise.all(found)
    }
    return keys.map(() => absent)
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
    this.seen.see(key, entry.written, entry.tags, judged.kind === 'found' ? undefined : entry.id)
    return judged
  }

  async #prove(key: string, entry: Entry): Promise<Found> {
    const { layout } = this.#session
    const names = entry.tags.map((tag) => layout.record(tag))
    const [written, ...records] = await this.#session.fetch([layout.control, ...names])
    return this.#settle(key, entry, readControl(written), records)
  }

  /** Under a version that control does not list, no invalidation reaches the entries. */
  #isReadable(control: Control, generation: number): boolean {
    const current = control.shapes.find(({ version }) => version === this.#session.shape.version)?.generation
    return current !== undefined && generation <= current && generation > current - readable
  }
}
