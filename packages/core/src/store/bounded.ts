/** Where one value is kept; a node of the queue. Who holds on to it saves a look into a Map: it has no value once it is gone. */
export interface Place<V> {
  readonly key: string
  readonly home: Bounded<V>
  value: V | undefined
  weight: number
  visited: boolean
  older: Place<V> | undefined
  newer: Place<V> | undefined
}

/**
 * A map with a bound on its entries and on their weight. It evicts by SIEVE (NSDI'24): a hit only marks, a hand goes from the oldest
 * to the newest, spares and unmarks what was marked and evicts the first that was not. No list is moved on a hit.
 */
export class Bounded<V> {
  readonly #nodes = new Map<string, Place<V>>()
  #oldest: Place<V> | undefined
  #newest: Place<V> | undefined
  #hand: Place<V> | undefined
  weight = 0

  constructor(
    readonly maxEntries: number,
    readonly maxWeight: number,
    readonly evicted: (key: string, value: V) => void,
  ) {}

  get size(): number {
    return this.#nodes.size
  }

  get(key: string): V | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    node.visited = true
    return node.value
  }

  place(key: string): Place<V> | undefined {
    return this.#nodes.get(key)
  }

  /** Looks without counting as a use. */
  peek(key: string): V | undefined {
    return this.#nodes.get(key)?.value
  }

  set(key: string, value: V, weight = 0): void {
    const old = this.#nodes.get(key)
    if (old !== undefined) {
      this.weight += weight - old.weight
      old.value = value
      old.weight = weight
    } else {
      const node: Place<V> = { key, home: this, value, weight, visited: false, older: this.#newest, newer: undefined }
      if (this.#newest) this.#newest.newer = node
      this.#newest = node
      this.#oldest ??= node
      this.#nodes.set(key, node)
      this.weight += weight
    }
    while (this.#nodes.size > this.maxEntries || (this.weight > this.maxWeight && this.#nodes.size > 0))
      this.#evictOne()
  }

  delete(key: string): V | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    return this.#unlink(node)
  }

  *entries(): IterableIterator<[string, V]> {
    for (const node of this.#nodes.values()) yield [node.key, node.value!]
  }

  #evictOne(): void {
    let node = this.#hand ?? this.#oldest
    while (node?.visited) {
      node.visited = false
      node = node.newer ?? this.#oldest
    }
    if (node === undefined) return
    this.#hand = node.newer
    this.evicted(node.key, this.#unlink(node))
  }

  #unlink(node: Place<V>): V {
    const value = node.value!
    node.value = undefined
    if (this.#hand === node) this.#hand = node.newer
    if (node.older) node.older.newer = node.newer
    else this.#oldest = node.newer
    if (node.newer) node.newer.older = node.older
    else this.#newest = node.older
    this.#nodes.delete(node.key)
    this.weight -= node.weight
    return value
  }
}
