/*
 * When a value that came back is the one that was stored, judged without the library's code. Both are walked together; each object
 * of one must stand for one object of the other, wherever it is met, so that sharing and cycles are compared too.
 *
 * Left out, as documented: whether an object is frozen (or a property read-only), which buffer a view looks at, and the hidden
 * symbols of errors, which are the runtime's own.
 */

import { types } from 'node:util'

/** Where the two first differ, as a path, or undefined. */
export function difference(before: unknown, after: unknown): string | undefined {
  return new Walk().differ(before, after)
}

class Walk {
  readonly #there = new Map<object, object>()
  readonly #back = new Map<object, object>()

  differ(a: unknown, b: unknown): string | undefined {
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null)
      return Object.is(a, b) ? undefined : '(value)'
    const known = this.#there.get(a)
    if (known !== undefined || this.#back.has(b)) return known === b && this.#back.get(b) === a ? undefined : '(shared)'
    this.#there.set(a, b)
    this.#back.set(b, a)
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return '(prototype)'
    const kind = slots(a)
    if (kind !== slots(b) || tag(a) !== tag(b)) return '(kind)'
    return this.#content(kind, a, b) ?? this.#properties(a, b)
  }

  /** What is not in properties. */
  #content(kind: string, a: object, b: object): string | undefined {
    if (kind === 'Map') return this.#items(entries(a), entries(b))
    if (kind === 'Set') return this.#items(members(a), members(b))
    return kind === 'Array' || Object.is(hidden(kind, a), hidden(kind, b)) ? undefined : '(content)'
  }

  #items(a: readonly unknown[], b: readonly unknown[]): string | undefined {
    if (a.length !== b.length) return '(size)'
    for (const [i, item] of a.entries()) {
      const found = this.differ(item, b[i])
      if (found !== undefined) return `<${i}>${found}`
    }
    return undefined
  }

  #properties(a: object, b: object): string | undefined {
    const keys = ownKeys(a)
    const others = ownKeys(b)
    if (keys.length !== others.length) return '(keys)'
    for (const [i, key] of keys.entries()) {
      if (key !== others[i]) return `.${String(key)} (order of keys)`
      const [left, right] = [property(a, key), property(b, key)]
      if (left.enumerable !== right.enumerable) return `.${String(key)} (enumerable)`
      if ('value' in left !== 'value' in right) return `.${String(key)} (accessor)`
      const found = this.differ(left.value, right.value)
      if (found !== undefined) return `.${String(key)}${found}`
    }
    return undefined
  }
}

/** The `stack` of an error counts as what it answers: in some engines it is an accessor. */
function property(object: object, key: PropertyKey): PropertyDescriptor {
  const found = Object.getOwnPropertyDescriptor(object, key)!
  return key === 'stack' && types.isNativeError(object)
    ? { value: object.stack, enumerable: found.enumerable === true }
    : found
}

function ownKeys(object: object): PropertyKey[] {
  const keys = Reflect.ownKeys(object)
  if (!types.isNativeError(object)) return keys
  return keys.filter((key) => typeof key !== 'symbol' || Object.prototype.propertyIsEnumerable.call(object, key))
}

const tag = (value: object): string => Object.prototype.toString.call(value)
const entries = (map: object): unknown[] =>
  [...(Map.prototype.entries.call(map as Map<unknown, unknown>) as Iterable<unknown[]>)].flat()
const members = (set: object): unknown[] => [...Set.prototype.values.call(set as Set<unknown>)]

/** Which of the collections something is by what it holds inside, whatever its prototype says. */
function slots(value: object): string {
  if (Array.isArray(value)) return 'Array'
  if (types.isMap(value)) return 'Map'
  if (types.isSet(value)) return 'Set'
  return types.isDate(value) ? 'Date' : ''
}

function hidden(kind: string, value: object): unknown {
  if (kind === 'Date') return Date.prototype.getTime.call(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return undefined
  if (ArrayBuffer.isView(value)) return hex(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer) return `${Reflect.get(value, 'resizable')} ${hex(value, 0, value.byteLength)}`
  if (value instanceof RegExp || value instanceof URL || value instanceof URLSearchParams) return String(value)
  return undefined
}

const hex = (buffer: ArrayBuffer, offset: number, length: number): string =>
  Buffer.from(buffer, offset, length).toString('hex')
