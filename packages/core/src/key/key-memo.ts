import { argumentsKey, keyText } from './key.js'

const most = 10_000

/** Something that bears the text of its key. */
interface Keyed {
  readonly key: string
}

/**
 * Remembers the texts of a method's recent keys of one primitive (behind one leading text, where the key is a list), and what was
 * found under them, so that a hit neither builds nor hashes a text again: measured, half of a hit's time. Bounded; a Map tells 1,
 * '1', 1n and null apart as keys do.
 */
export class KeyMemo<E extends Keyed> {
  readonly #known = new Map<unknown, E | string>()
  #prefix: unknown

  /** The text of a default key, or what was found under it. */
  ofArguments(className: string, methodName: string, args: readonly unknown[]): E | string {
    const primitive = args[0]
    if (args.length !== 1 || !isPrimitive(primitive)) return argumentsKey(className, methodName, args)
    return this.#known.get(primitive) ?? this.#keep(primitive, argumentsKey(className, methodName, args))
  }

  /** The text of a key that a callback gave, or what was found under it. */
  ofParts(parts: unknown, where: string): E | string {
    if (!Array.isArray(parts) || parts.length !== 2) return keyText(parts, where)
    const primitive: unknown = parts[1]
    if (parts[0] !== this.#prefix && !this.#begin(parts[0])) return keyText(parts, where)
    if (!isPrimitive(primitive)) return keyText(parts, where)
    return this.#known.get(primitive) ?? this.#keep(primitive, keyText(parts, where))
  }

  /** Remembers what was found under a key, if it is this key whose text is remembered by the call's primitive. */
  found(args: readonly unknown[], parts: unknown, entry: E): void {
    const primitive = Array.isArray(parts) ? parts[1] : args[0]
    const known = this.#known.get(primitive)
    if (known !== undefined && (typeof known === 'string' ? known : known.key) === entry.key)
      this.#known.set(primitive, entry)
  }

  clear(): void {
    this.#known.clear()
  }

  #begin(prefix: unknown): boolean {
    if (typeof prefix !== 'string') return false
    this.#known.clear()
    this.#prefix = prefix
    return true
  }

  #keep(primitive: unknown, text: string): string {
    if (this.#known.size >= most) this.#known.clear()
    this.#known.set(primitive, text)
    return text
  }
}

/** Long texts are left out: the memo is bounded by its entries. */
const isPrimitive = (x: unknown): boolean =>
  typeof x === 'string' ? x.length <= 200 : typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean'
