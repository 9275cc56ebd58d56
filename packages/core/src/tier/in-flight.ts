/**
 * How many operations of one store are under way, those included whose callers have given up waiting. Bounded, so that a slow store
 * costs misses and not memory.
 */
export class InFlight {
  #count = 0

  constructor(readonly most = 10_000) {}

  get count(): number {
    return this.#count
  }

  get full(): boolean {
    return this.#count >= this.most
  }

  /** One more, until `end`. */
  begin(): void {
    this.#count++
  }

  end(): void {
    this.#count--
  }
}
