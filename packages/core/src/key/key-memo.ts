import { Fingerprints } from './fingerprints.js'

const most = 10_000

/**
 * Remembers what was found under a method's recent keys, so that a hit neither builds nor hashes the text of its key: measured, half of
 * a hit's time. Bounded; a Map tells 1, '1', 1n and null apart as keys do.
 */
export class KeyMemo<E> {
  /** By keys of one primitive. What is no primitive is never in there: it need not be told apart by who looks. */
  readonly single = new Map<unknown, E>()
  /** By the primitive of keys that are a list of two, the first of which is `front`. */
  readonly behind = new Map<unknown, E>()
  front: unknown
  /** By fingerprints of all else, and of several arguments. */
  readonly #printed = new Map<number, E>()
  #prints = new Fingerprints()
  readonly #printedArguments = new Map<number, E>()

  /** What was found under a key, given by its parts or its one argument. */
  of(parts: unknown): E | undefined {
    if (typeof parts !== 'object' || parts === null) return this.single.get(parts)
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === this.front) {
      const known = this.behind.get(parts[1])
      if (known !== undefined) return known
    }
    return this.ofPrint(parts)
  }

  /** The same, for keys that need a fingerprint. */
  ofPrint(parts: object): E | undefined {
    return this.#in(this.#printed, parts)
  }

  /** The same, by several arguments or by none. */
  ofArguments(args: readonly unknown[]): E | undefined {
    return this.#in(this.#printedArguments, args)
  }

  #in(printed: Map<number, E>, parts: object): E | undefined {
    if (printed.size === 0) return undefined
    const print = this.#prints.find(parts)
    return print === undefined ? undefined : printed.get(print)
  }

  keep(parts: unknown, found: E): void {
    if (isShort(parts)) return keepIn(this.single, parts, found)
    if (Array.isArray(parts) && parts.length === 2 && isShort(parts[1])) {
      if (this.behind.size === 0 && typeof parts[0] === 'string') this.front = parts[0]
      if (parts[0] === this.front) return keepIn(this.behind, parts[1], found)
    }
    if (typeof parts === 'object' && parts !== null) this.#keepIn(this.#printed, parts, found)
  }

  keepArguments(args: readonly unknown[], found: E): void {
    this.#keepIn(this.#printedArguments, args, found)
  }

  #keepIn(printed: Map<number, E>, parts: object, found: E): void {
    let print = this.#prints.learn(parts)
    if (print === undefined && this.#prints.full) {
      this.#forget()
      print = this.#prints.learn(parts)
    }
    if (print !== undefined) keepIn(printed, print, found)
  }

  clear(): void {
    this.single.clear()
    this.behind.clear()
    this.#forget()
  }

  #forget(): void {
    this.#printed.clear()
    this.#printedArguments.clear()
    this.#prints = new Fingerprints()
  }
}

function keepIn<K, E>(known: Map<K, E>, key: K, found: E): void {
  if (known.size >= most) known.clear()
  known.set(key, found)
}

/** A primitive; long texts are left out, for a memo is bounded by its entries. */
const isShort = (x: unknown): boolean =>
  typeof x === 'string' ? x.length <= 200 : typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean'
