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

  /** So many more, until `end`. */
  begin(count: number): void {
    this.#count += count
  }

  end(count: number): void {
    this.#count -= count
  }
}
