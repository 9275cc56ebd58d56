/** What can stand in a queue: it bears its key and its weight. */
export interface Queued {
  readonly key: string
  weight: number
}

/** Entries by key, in the order in which they came, and their weight together. */
export class Queue<V extends Queued> {
  readonly #kept = new Map<string, V>()
  /** Everything before it has left: a Map's own search for its first entry would walk over the holes. */
  #oldest: Iterator<V> | undefined
  #addedSince = 0
  weight = 0

  get size(): number {
    return this.#kept.size
  }

  get(key: string): V | undefined {
    return this.#kept.get(key)
  }

  /** An iterator that rests keeps alive every table that its Map outgrew meanwhile: it is let go in time. */
  add(value: V): void {
    if (++this.#addedSince > this.#kept.size) this.#oldest = undefined
    this.weight += value.weight
    this.#kept.set(value.key, value)
  }

  delete(key: string): V | undefined {
    const value = this.#kept.get(key)
    if (value === undefined) return undefined
    this.#kept.delete(key)
    this.weight -= value.weight
    return value
  }

  /** Takes the oldest out. */
  shift(): V | undefined {
    this.#addedSince = 0
    this.#oldest ??= this.#kept.values()
    const { done, value } = this.#oldest.next()
    if (!done) {
      this.#kept.delete(value.key)
      this.weight -= value.weight
      return value
    }
    this.#oldest = undefined
    return this.size === 0 ? undefined : this.shift()
  }

  keys(): IterableIterator<string> {
    return this.#kept.keys()
  }

  values(): IterableIterator<V> {
    return this.#kept.values()
  }
}
