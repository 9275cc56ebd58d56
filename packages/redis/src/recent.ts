/** Names that were invalidated. */
export interface Names {
  readonly keys: ReadonlySet<string>
  readonly tags: ReadonlySet<string>
  readonly all: boolean
}

interface Deed {
  readonly at: number
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly all: boolean
}

/** How long before its end a server may have acknowledged what its replica never got, ms. */
const span = 30_000

/**
 * The own invalidations of the last 30 s, and those among them that are due again: a server that took over may have lost
 * the last writes of the one before it. Bounded: too many names become everything.
 */
export class Recent {
  #deeds: Deed[] = []
  #names = 0
  #due: Names | undefined

  constructor(readonly most = 10_000) {}

  get due(): Names | undefined {
    return this.#due
  }

  add(keys: readonly string[], tags: readonly string[], all = false): void {
    const at = performance.now()
    this.#deeds.push({ at, keys, tags, all })
    this.#names += keys.length + tags.length + 1
    this.#prune(at - span)
    if (this.#names > this.most) this.#set([{ at, keys: [], tags: [], all: true }])
  }

  /** The connection was lost at this time and is back: what was done shortly before is due. */
  callIn(lostAt: number): void {
    this.#prune(lostAt - span)
    if (this.#deeds.length === 0) return
    const { keys = [], tags = [], all = false } = this.#due ?? {}
    this.#due = {
      keys: new Set([...keys, ...this.#deeds.flatMap((deed) => deed.keys)]),
      tags: new Set([...tags, ...this.#deeds.flatMap((deed) => deed.tags)]),
      all: all || this.#deeds.some((deed) => deed.all),
    }
  }

  /** All that was due was done again. */
  paid(names: Names): void {
    if (this.#due === names) this.#due = undefined
  }

  #prune(before: number): void {
    if ((this.#deeds[0]?.at ?? before) < before) this.#set(this.#deeds.filter((deed) => deed.at >= before))
  }

  #set(deeds: Deed[]): void {
    this.#deeds = deeds
    this.#names = deeds.reduce((sum, { keys, tags }) => sum + keys.length + tags.length + 1, 0)
  }
}
