/**
 * How many operations of one store are under way, those included whose callers have given up waiting. Bounded, so that a slow store
 * costs misses and not memory.
 */
export class InFlight {
  #count = 0

  constructor(readonly most = 10_000) {}

  get full(): boolean {
    return this.#count >= this.most
  }

  /** Counts work until it settles. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#count++
    work.then(this.#end, this.#end)
    return work
  }

  readonly #end = () => {
    this.#count--
  }
}
