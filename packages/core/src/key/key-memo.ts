import { argumentsKey, keyText } from './key.js'

const most = 10_000

/** A key's text, and a place that its user keeps with it. */
export interface Remembered<P> {
  readonly text: string
  place: P | undefined
}

/**
 * Remembers the texts of a method's recent keys of one primitive (behind one leading text, where the key is a list), so that a hit
 * neither builds nor hashes a text again: measured, half of a hit's time. Bounded; a Map tells 1, '1', 1n and null apart as keys do.
 */
export class KeyMemo<P> {
  readonly #texts = new Map<unknown, Remembered<P>>()
  #prefix: unknown

  /** The text of a default key. */
  ofArguments(className: string, methodName: string, args: readonly unknown[]): Remembered<P> {
    if (args.length !== 1 || !isPrimitive(args[0])) return once(argumentsKey(className, methodName, args))
    return this.#texts.get(args[0]) ?? this.#keep(args[0], argumentsKey(className, methodName, args))
  }

  /** The text of a key that a callback gave. */
  ofParts(parts: unknown, where: string): Remembered<P> {
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || !isPrimitive(parts[1]))
      return once(keyText(parts, where))
    if (parts[0] !== this.#prefix) {
      this.#texts.clear()
      this.#prefix = parts[0]
    }
    return this.#texts.get(parts[1]) ?? this.#keep(parts[1], keyText(parts, where))
  }

  #keep(primitive: unknown, text: string): Remembered<P> {
    if (this.#texts.size >= most) this.#texts.clear()
    const remembered = once<P>(text)
    this.#texts.set(primitive, remembered)
    return remembered
  }
}

const once = <P>(text: string): Remembered<P> => ({ text, place: undefined })

/** Long texts are left out: the memo is bounded by its entries. */
const isPrimitive = (x: unknown): boolean =>
  typeof x === 'string' ? x.length <= 200 : typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean'
