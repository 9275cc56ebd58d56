import { type Key, type Row, rowAt, teamAt, type teams, textOf, type Versions } from './database.js'

/** An answer that is older than what was acknowledged before it was asked for, or anything else that must never be. */
export class ViolationError extends Error {}

/** What an invalidation covers: one row, one team, or all. */
export type Scope = Key | (typeof teams)[number] | 'all'

/** A write or an invalidation, and what readers may no longer get less than once it is acknowledged. */
export interface Deed {
  readonly process: number
  readonly scope: Scope
  readonly least: Versions
  /** When the shared store acknowledged it; undefined: not yet. */
  storedAt: number | undefined
}

/** How long another process may serve what was invalidated here (promise 1), ms. */
const lag = 1_000

/** What each process may no longer answer: its own acknowledged deeds at once, the others' a second after the store had them. */
export class Acknowledged {
  readonly #own: [number, number, number, number][]
  readonly #deeds: Deed[] = []

  constructor(
    processes: number,
    private readonly now: () => number,
  ) {
    this.#own = Array.from({ length: processes }, () => [0, 0, 0, 0])
  }

  /** How many deeds there have been; with `stored`, which of them a verb can have carried. */
  get count(): number {
    return this.#deeds.length
  }

  /** A deed that is about to be sent, with the database as it is. */
  deed(process: number, scope: Scope, versions: Versions): Deed {
    const covered = (at: number) => scope === 'all' || at === (typeof scope === 'number' ? teamAt(scope) : rowAt(scope))
    const least = versions.map((version, at) => (covered(at) ? version : 0)) as unknown as Versions
    const deed = { process, scope, least, storedAt: undefined }
    this.#deeds.push(deed)
    return deed
  }

  /** Its caller was answered: from now on it binds its own process. */
  answered({ process, least }: Deed): void {
    raise(this.#own[process]!, least)
  }

  /** The store acknowledged, for a process, something that covers a scope and was sent when there were `sent` deeds. */
  stored(process: number, covers: (scope: Scope) => boolean, sent: number): void {
    for (const [at, deed] of this.#deeds.entries()) {
      if (at < sent && deed.process === process && covers(deed.scope)) deed.storedAt ??= this.now()
    }
  }

  /** The least that a call may answer that starts now. `strict`: others' deeds bind as soon as they are stored. */
  least(process: number, strict = false): Versions {
    const least = [...this.#own[process]!] as [number, number, number, number]
    const until = strict ? this.now() : this.now() - lag
    for (const { storedAt, least: other } of this.#deeds)
      if (storedAt !== undefined && storedAt <= until) raise(least, other)
    return least
  }

  /** All that was ever acknowledged, by whomever. */
  all(): Versions {
    const all: [number, number, number, number] = [0, 0, 0, 0]
    for (const own of this.#own) raise(all, own as unknown as Versions)
    return all
  }
}

/** Throws when an answer is older than it may be. */
export function judge(who: string, answer: Row, least: Versions): void {
  const missing = [
    answer.row < least[rowAt(answer.key)]! && `${answer.key}.${least[rowAt(answer.key)]}`,
    answer.team < least[teamAt(answer.of)]! && `team ${answer.of}.${least[teamAt(answer.of)]}`,
  ].filter((text) => text !== false)
  if (missing.length > 0)
    throw new ViolationError(`${who} got ${textOf(answer)} where ${missing.join(' and ')} was acknowledged`)
}

function raise(least: number[], to: Versions): void {
  for (let at = 0; at < 4; at++) if (to[at]! > least[at]!) least[at] = to[at]!
}
