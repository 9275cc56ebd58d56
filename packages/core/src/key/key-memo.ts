import { argumentsKey, keyText } from './key.js'

const most = 10_000

/**
 * Remembers the texts of a method's recent keys of one primitive (behind one leading text, where the key is a list), so that a hit
 * neither builds nor hashes a text again: measured, half of a hit's time. Bounded; a Map tells 1, '1', 1n and null apart as keys do.
 */
export class KeyMemo {
  readonly #texts = new Map<unknown, string>()
  #prefix: unknown

  /** The text of a default key. */
  ofArguments(className: string, methodName: string, args: readonly unknown[]): string {
    if (args.length !== 1 || !isPrimitive(args[0])) return argumentsKey(className, methodName, args)
    return this.#texts.get(args[0]) ?? this.#keep(args[0], argumentsKey(className, methodName, args))
  }

  /** The text of a key that a callback gave. */
  ofParts(parts: unknown, where: string): string {
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string' || !isPrimitive(parts[1]))
      return keyText(parts, where)
    if (parts[0] !== this.#prefix) {
      this.#texts.clear()
      this.#prefix = parts[0]
    }
    return this.#texts.get(parts[1]) ?? this.#keep(parts[1], keyText(parts, where))
  }

  #keep(primitive: unknown, text: string): string {
    if (this.#texts.size >= most) this.#texts.clear()
    this.#texts.set(primitive, text)
    return text
  }
}

/** Long texts are left out: the memo is bounded by its entries. */
const isPrimitive = (x: unknown): boolean =>
  typeof x === 'string' ? x.length <= 200 : typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean'
