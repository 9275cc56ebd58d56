import type { Found, Stored } from '@cachesmith/core'
import { type Control, readControl } from './control.js'
import { readable } from './layout.js'
import { type Entry, type Judged, judge, readEntry } from './record.js'
import { Seen } from './seen.js'
import type { Session } from './session.js'

/** Keys that one request asks for together: of large values, not too many. */
const mostKeys = 250
const mostMoves = 5

const absent: Found = { kind: 'missing', why: 'absent' }

/** Reads entries together with the control and the records that they are judged by. */
export class Reader {
  readonly seen = new Seen()
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** In the current generation, or in an older one that can still be read. */
  async read(keys: readonly string[], generation?: number): Promise<Found[]> {
    const answers: Promise<Found[]>[] = []
    for (let from = 0; from < keys.length; from += mostKeys)
      answers.push(this.#read(keys.slice(from, from + mostKeys), generation))
    return (await Promise.all(answers)).flat()
  }

  /** Judges an entry that a script found; undefined when it is void. */
  async accept(key: string, written: string, control: Control): Promise<Stored | undefined> {
    const entry = readEntry(written)
    if (!entry) return undefined
    const [found] = await this.#settle([key], [entry], control, new Map())
    return found?.kind === 'found' ? found : undefined
  }

  async #read(keys: readonly string[], generation: number | undefined): Promise<Found[]> {
    const { layout } = this.#session
    for (let moves = 0; moves < mostMoves; moves++) {
      const { shape } = this.#session
      const at = { ...shape, generation: generation ?? shape.generation }
      const tags = [...new Set(keys.flatMap((key) => this.seen.tagsOf(key)))]
      const names = [
        layout.control,
        ...keys.map((key) => layout.entry(at, key)),
        ...tags.map((tag) => layout.record(tag)),
      ]
      const values = await this.#session.fetch(names)
      const control = readControl(values[0])
      if (control) this.#session.see(control)
      if (control && generation === undefined && this.#session.shape.generation !== at.generation) continue
      if (control && !this.#isReadable(control, at.generation)) return keys.map(() => absent)
      const records = new Map(tags.map((tag, place) => [tag, values[1 + keys.length + place] ?? null]))
      const entries = keys.map((_, place) => {
        const written = values[1 + place]
        return typeof written === 'string' ? (readEntry(written) ?? 'foreign') : undefined
      })
      return this.#settle(keys, entries, control, records)
    }
    return keys.map(() => absent)
  }

  /** Judges; asks once more for the records that are not at hand. What is read later is only stricter. */
  async #settle(
    keys: readonly string[],
    entries: readonly (Entry | 'foreign' | undefined)[],
    control: Control | undefined,
    records: ReadonlyMap<string, string | null>,
  ): Promise<Found[]> {
    const judged = entries.map((entry) => verdict(entry, control, records))
    const open = entries.filter((_, place) => judged[place]?.kind === 'unproven') as Entry[]
    if (open.length > 0) {
      const tags = [...new Set(open.flatMap((entry) => entry.tags))]
      const names = tags.map((tag) => this.#session.layout.record(tag))
      const [now, ...values] = await this.#session.fetch([this.#session.layout.control, ...names])
      const later = readControl(now)
      const all = new Map(tags.map((tag, place) => [tag, values[place] ?? null]))
      for (const [place, entry] of entries.entries())
        if (judged[place]?.kind === 'unproven') judged[place] = verdict(entry, later, all)
    }
    return keys.map((key, place) => {
      const [entry, found] = [entries[place], judged[place] as Found]
      if (entry !== undefined && entry !== 'foreign')
        this.seen.see(key, entry.tags, found.kind === 'found' ? undefined : entry.id)
      return found
    })
  }

  /** Under a version that control does not list, no invalidation reaches the entries. */
  #isReadable(control: Control, generation: number): boolean {
    const current = control.shapes.find(({ version }) => version === this.#session.shape.version)?.generation
    return current !== undefined && generation <= current && generation > current - readable
  }
}

function verdict(
  entry: Entry | 'foreign' | undefined,
  control: Control | undefined,
  records: ReadonlyMap<string, string | null>,
): Judged {
  if (entry === undefined) return absent
  if (entry === 'foreign') return { kind: 'missing', why: 'outdated' }
  return judge(entry, control, (tag) => records.get(tag))
}
