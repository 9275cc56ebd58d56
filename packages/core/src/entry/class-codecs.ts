import { CacheConfigError } from '../kernel/errors.js'
import { kindOf } from '../kernel/kind.js'

/** How instances of one class are stored: as a value that can be stored itself, under a name that outlives the code. */
export interface ClassCodec<T, E = any> {
  /** What the stored text calls the class. It must stay the same from release to release. */
  readonly name: string
  /** The content of an instance: any value that can be stored, other registered instances included. */
  encode(instance: T): E
  /** A new instance from its content. */
  decode(content: E): T
}

/** A class whose instances can be registered, abstract or not. */
export type AnyClass<T = unknown> = abstract new (...args: any[]) => T

/** The registered classes, found by an instance's own prototype or by the name in a text. */
export class ClassCodecs {
  readonly #byPrototype = new Map<object, ClassCodec<unknown>>()
  readonly #byName = new Map<string, ClassCodec<unknown>>()

  add<T>(cls: AnyClass<T>, codec: ClassCodec<T>): void {
    const prototype: unknown = typeof cls === 'function' ? cls.prototype : undefined
    if (typeof prototype !== 'object' || prototype === null) throw new CacheConfigError('register: give a class first')
    const { name } = codec
    const refuse = (why: string) => new CacheConfigError(`register(${cls.name}): ${why}`)
    if (typeof name !== 'string' || name === '') {
      throw refuse(`give a name that stays the same, as in { name: '${cls.name}' }`)
    }
    if (typeof codec.encode !== 'function' || typeof codec.decode !== 'function') {
      throw refuse('give both encode and decode')
    }
    if (isBuiltIn(prototype)) {
      throw refuse('built-in classes are stored as they are; register classes of your own')
    }
    if (this.#byPrototype.has(prototype)) throw refuse('the class is registered already')
    if (this.#byName.has(name)) {
      throw refuse(`the name '${name}' is another class's; give each class its own`)
    }
    this.#byPrototype.set(prototype, codec as ClassCodec<unknown>)
    this.#byName.set(name, codec as ClassCodec<unknown>)
  }

  /** The codec of exactly this instance's class: a subclass needs its own, or it would come back as its parent. */
  of(instance: object): ClassCodec<unknown> | undefined {
    return this.#byPrototype.get(Object.getPrototypeOf(instance))
  }

  named(name: string): ClassCodec<unknown> | undefined {
    return this.#byName.get(name)
  }
}

function isBuiltIn(prototype: object): boolean {
  const name: unknown = prototype.constructor?.name
  if (typeof name !== 'string' || Reflect.get(globalThis, name)?.prototype !== prototype) return false
  return kindOf(Object.create(prototype)) === 'Object' || BUILT_IN.test(name)
}

const BUILT_IN = /^(Array|Date|Map|Set|RegExp|URL|URLSearchParams|ArrayBuffer|DataView|Buffer|\w*Error|\w+Array)$/
