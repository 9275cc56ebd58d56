import { randomUUID } from 'node:crypto'
import type { Clock, EntrySummary, Timer } from '@cachesmith/core'

/** A search that was broken off, to go on where it stands. */
export interface Search {
  readonly cache: string
  readonly search: string | undefined
  readonly tag: string | undefined
  readonly entries: Iterator<EntrySummary | undefined>
}

interface Kept {
  readonly search: Search
  readonly end: Timer
}

/** Searches to be continued. Few and not for long: each holds a list of all keys. */
export class Cursors {
  readonly #kept = new Map<string, Kept>()

  constructor(
    private readonly clock: Clock,
    private readonly most = 8,
    private readonly keptFor = 300_000,
  ) {}

  get size(): number {
    return this.#kept.size
  }

  /** Keeps a search for five minutes; the oldest one gives way. Answers the name to `take` it by. */
  keep(search: Search): string {
    const id = randomUUID()
    this.#kept.set(id, { search, end: this.clock.after(this.keptFor, () => void this.#kept.delete(id)) })
    if (this.#kept.size > this.most) this.take(this.#kept.keys().next().value ?? id)
    return id
  }

  /** A search, to whoever asks for it first. */
  take(id: string): Search | undefined {
    const kept = this.#kept.get(id)
    this.#kept.delete(id)
    kept?.end.stop()
    return kept?.search
  }
}
