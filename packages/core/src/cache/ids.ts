import { canonical } from '../kernel/canonical.js'

/** A map by ids: primitives are compared as they are (7 and '7' are apart), objects by their canonical text. */
export class Ids<T> {
  readonly #primitives = new Map<unknown, T>()
  readonly #objects = new Map<string, T>()

  constructor(private readonly where: string) {}

  get(id: unknown): T | undefined {
    return isObject(id) ? this.#objects.get(canonical(id, this.where)) : this.#primitives.get(id)
  }
  set(id: unknown, value: T): void {
    if (isObject(id)) this.#objects.set(canonical(id, this.where), value)
    else this.#primitives.set(id, value)
  }
}

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null
