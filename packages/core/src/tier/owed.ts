/** Names to invalidate, or everything. */
export interface Due {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  readonly all: boolean
}

/** Invalidations that a store has not acknowledged: kept, newest per name, replayed before its reads are trusted again. */
export class Owed {
  readonly #keys = new Set<string>()
  readonly #tags = new Set<string>()
  #all = false
  /** What is being replayed: owed until it is acknowledged, whatever is added meanwhile. */
  #inHand: Due | undefined

  /** `step`: names replayed at once. */
  constructor(
    readonly max = 10_000,
    readonly step = 500,
  ) {}

  get any(): boolean {
    return this.#all || this.#inHand !== undefined || this.#keys.size > 0 || this.#tags.size > 0
  }

  /** How many names are owed; everything counts as one. */
  get size(): number {
    const { all = false, keys = [], tags = [] } = this.#inHand ?? {}
    return (this.#all || all ? 1 : 0) + this.#keys.size + this.#tags.size + keys.length + tags.length
  }

  /** True when one replay can pay it all. */
  get fitsOneStep(): boolean {
    return this.#all || this.#keys.size + this.#tags.size <= this.step
  }

  /** Too many names become one clear: never forgotten, only made coarser. */
  add(what: Partial<Due>): void {
    for (const key of what.keys ?? []) this.#keys.add(key)
    for (const tag of what.tags ?? []) this.#tags.add(tag)
    if (what.all || this.#keys.size + this.#tags.size > this.max) this.#all = true
    if (!this.#all) return
    this.#keys.clear()
    this.#tags.clear()
  }

  /** The next step of a replay; `paid` or `unpaid` tells how it ended. */
  take(): Due {
    const { step } = this
    const keys = first(this.#keys, step)
    const tags = first(this.#tags, step - keys.length)
    this.#inHand = { keys, tags, all: this.#all }
    this.#all = false
    return this.#inHand
  }

  paid(): void {
    this.#inHand = undefined
  }

  unpaid(): void {
    const due = this.#inHand
    this.#inHand = undefined
    if (due !== undefined) this.add(due)
  }
}

/** Takes the first so many out of a set. */
function first(names: Set<string>, most: number): string[] {
  const taken: string[] = []
  for (const name of names) {
    if (taken.length >= most) break
    taken.push(name)
    names.delete(name)
  }
  return taken
}
