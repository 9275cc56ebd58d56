/** What can be kept: it bears its key, its weight, and the mark of a hit. */
export interface Kept {
  readonly key: string
  weight: number
  visited: boolean
}

/**
 * A map with a bound on its entries and on their weight. It evicts by SIEVE (NSDI'24): a hit only marks, a hand goes from the oldest
 * to the newest, spares and unmarks what was marked and evicts the first that was not. No list is moved on a hit; the order of
 * insertion is the Map's own, and the hand is an iterator over it.
 */
export class Bounded<V extends Kept> {
  readonly #kept = new Map<string, V>()
  #hand: Iterator<V> | undefined
  weight = 0

  /** `evicted` is told of what goes for want of room. */
  constructor(
    readonly maxEntries: number,
    readonly maxWeight: number,
    readonly evicted: (value: V) => void,
  ) {}

  get size(): number {
    return this.#kept.size
  }

  get(key: string): V | undefined {
    return this.#kept.get(key)
  }

  /** Keeps a value under its key; answers the one that it replaces. Room is made before, so that what is new is not what goes; what is heavier than the bound is not kept. */
  set(value: V, weight = 0): V | undefined {
    const old = this.delete(value.key)
    if (weight > this.maxWeight) {
      this.evicted(value)
      return old
    }
    while (this.#kept.size >= this.maxEntries || (this.weight + weight > this.maxWeight && this.#kept.size > 0))
      this.#evictOne()
    value.weight = weight
    this.weight += weight
    this.#kept.set(value.key, value)
    return old === value ? undefined : old
  }

  delete(key: string): V | undefined {
    const value = this.#kept.get(key)
    if (value === undefined) return undefined
    this.#kept.delete(key)
    this.weight -= value.weight
    return value
  }

  /** All keys as they are now: a copy, of references alone. */
  keys(): string[] {
    return [...this.#kept.keys()]
  }

  values(): IterableIterator<V> {
    return this.#kept.values()
  }

  #evictOne(): void {
    for (;;) {
      this.#hand ??= this.#kept.values()
      const next = this.#hand.next()
      if (next.done) this.#hand = undefined
      else if (next.value.visited) next.value.visited = false
      else {
        this.delete(next.value.key)
        return this.evicted(next.value)
      }
    }
  }
}
