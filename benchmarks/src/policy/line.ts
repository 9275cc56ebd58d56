interface Node<V> {
  readonly key: number
  value: V
  older: Node<V> | undefined
  newer: Node<V> | undefined
}

/** Keys in the order in which they came, each with a value, every step O(1): a doubly linked list and a Map. */
export class Line<V = true> {
  readonly #nodes = new Map<number, Node<V>>()
  #oldest: Node<V> | undefined
  #newest: Node<V> | undefined

  get size(): number {
    return this.#nodes.size
  }

  has(key: number): boolean {
    return this.#nodes.has(key)
  }

  get(key: number): V {
    return this.#nodes.get(key)!.value
  }

  put(key: number, value: V): void {
    this.#nodes.get(key)!.value = value
  }

  /** Adds a key that is not there as the newest. */
  push(key: number, value: V): void {
    const node: Node<V> = { key, value, older: this.#newest, newer: undefined }
    if (this.#newest) this.#newest.newer = node
    else this.#oldest = node
    this.#newest = node
    this.#nodes.set(key, node)
  }

  delete(key: number): boolean {
    const node = this.#nodes.get(key)
    if (node === undefined) return false
    if (node.older) node.older.newer = node.newer
    else this.#oldest = node.newer
    if (node.newer) node.newer.older = node.older
    else this.#newest = node.older
    return this.#nodes.delete(key)
  }

  /** The key that came first of all. */
  get oldest(): number {
    return this.#oldest!.key
  }

  /** The key that came next after this one. */
  after(key: number): number | undefined {
    return this.#nodes.get(key)!.newer?.key
  }
}
