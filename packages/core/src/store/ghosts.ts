import { unitAt } from '../kernel/string-text.js'

/**
 * Keys that left lately, by fingerprints of 32 bits: four to a row, the oldest of a row gives way. A collision takes a stranger for a
 * known face, which costs a place and no truth. 4 bytes a key.
 */
export class Ghosts {
  readonly #prints: Uint32Array
  readonly #rows: number

  constructor(readonly keys: number) {
    this.#rows = Math.ceil(keys / row)
    this.#prints = new Uint32Array(this.#rows * row)
  }

  add(key: string): void {
    const print = printOf(key)
    const start = this.#start(print)
    this.#prints.copyWithin(start + 1, start, start + row - 1)
    this.#prints[start] = print
  }

  /** Whether a key left lately; it is forgotten then. */
  take(key: string): boolean {
    if (this.#rows === 0) return false
    const print = printOf(key)
    const start = this.#start(print)
    const end = start + row
    for (let at = start; at < end; at++) {
      if (this.#prints[at] !== print) continue
      this.#prints.copyWithin(at, at + 1, end)
      this.#prints[end - 1] = 0
      return true
    }
    return false
  }

  #start(print: number): number {
    return ((Math.imul(print, 0x9e37_79b1) >>> 0) % this.#rows) * row
  }
}

const row = 4

/** FNV-1a over the UTF-16 units; never 0, which is an empty place. */
function printOf(key: string): number {
  let hash = 0x811c_9dc5
  const { length } = key
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ unitAt.call(key, at), 0x0100_0193)
  return hash >>> 0 || 1
}
