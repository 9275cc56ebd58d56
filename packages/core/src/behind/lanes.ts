import type { Lane } from './group.js'

/** So many places of keys with nothing pending are kept. */
const mostEmpty = 1_024

/**
 * The lanes by key, for keys that come and go with each drain. A Map in which entries are set and deleted makes new tables all the time,
 * and what is old of them keeps the young ones alive. So the place of a key stays, and where too many are empty a new Map begins.
 */
export class Lanes {
  #lanes = new Map<string, Lane | undefined>()
  #empty = 0

  get size(): number {
    return this.#lanes.size - this.#empty
  }

  get(key: string): Lane | undefined {
    return this.#lanes.get(key)
  }

  /** Of a key that has none. */
  add(lane: Lane): void {
    if (this.#empty > mostEmpty && this.#empty > this.size) this.#tighten()
    const places = this.#lanes.size
    this.#lanes.set(lane.key, lane)
    if (this.#lanes.size === places) this.#empty -= 1
  }

  delete(key: string): void {
    if (this.#lanes.get(key) === undefined) return
    this.#lanes.set(key, undefined)
    this.#empty += 1
    if (this.#empty > mostEmpty && this.size === 0) this.clear()
  }

  clear(): void {
    this.#lanes = new Map()
    this.#empty = 0
  }

  *values(): IterableIterator<Lane> {
    for (const lane of this.#lanes.values()) if (lane !== undefined) yield lane
  }

  #tighten(): void {
    this.#lanes = new Map([...this.#lanes].filter(([, lane]) => lane !== undefined))
    this.#empty = 0
  }
}
