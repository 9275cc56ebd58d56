import { ERRORS, TYPED_ARRAYS } from '../kernel/kind.js'
import type { ClassCodecs } from './class-codecs.js'
import { DEEPEST, LONGEST_SPARSE } from './table.js'

/** A text that no encoder wrote. */
export class Malformed extends Error {}

type Raw = readonly unknown[]

/** Reads one value from its table of nodes. Trusts nothing in it; takes time and memory in proportion to the text. */
export class Decoder {
  readonly #classes: ClassCodecs
  readonly #table: Raw
  readonly #built = new Map<number, object>()
  readonly #open = new Set<number>()
  #holed = 0

  constructor(classes: ClassCodecs, table: unknown) {
    if (!Array.isArray(table) || table.length === 0) throw new Malformed('the table is no list')
    this.#classes = classes
    this.#table = table
  }

  value(): unknown {
    return this.#slot(this.#table[0], 0)
  }

  #slot(slot: unknown, depth: number): unknown {
    if (typeof slot !== 'object' || slot === null) return slot
    if (!Array.isArray(slot)) throw new Malformed('a slot is an object')
    const [tag, text] = slot as Raw
    if (typeof tag === 'number' && slot.length === 1) return this.#node(tag, depth)
    if (tag === 'u' && slot.length === 1) return undefined
    if (tag === 'n' && slot.length === 2 && NUMBERS.has(text)) return NUMBERS.get(text)
    if (tag === 'b' && slot.length === 2 && typeof text === 'string' && /^-?[\da-f]+$/.test(text)) return bigint(text)
    throw new Malformed('a slot is of no known form')
  }

  #node(number: number, depth: number): object {
    const known = this.#built.get(number)
    if (known !== undefined) return known
    const node = number > 0 ? this.#table[number] : undefined
    if (!Array.isArray(node)) throw new Malformed('a reference leads nowhere')
    if (depth > DEEPEST) throw new Malformed(`it is nested deeper than ${DEEPEST} levels`)
    if (node[0] === 'C') return this.#instance(number, node, depth)
    const shell = shellOf(node)
    this.#built.set(number, shell)
    this.#fill(shell, node, depth + 1)
    return shell
  }

  #fill(shell: object, node: Raw, depth: number): void {
    switch (node[0]) {
      case 'o':
      case '0':
        return this.#properties(shell, node, depth)
      case 'a':
        return this.#items(node, depth, (item) => (shell as unknown[]).push(item))
      case 'h':
        return this.#sparse(shell as unknown[], node, depth)
      case 'S':
        return this.#items(node, depth, (item) => (shell as Set<unknown>).add(item))
      case 'M':
        return this.#map(shell as Map<unknown, unknown>, node, depth)
      case 'E':
        return this.#error(shell, node, depth)
    }
  }

  #properties(object: object, node: Raw, depth: number): void {
    if (node.length % 2 !== 1) throw new Malformed('an object misses a value')
    for (let i = 1; i < node.length; i += 2) {
      define(object, stringIn(node[i]), this.#slot(node[i + 1], depth))
    }
  }

  #items(node: Raw, depth: number, add: (item: unknown) => void): void {
    for (let i = 1; i < node.length; i++) add(this.#slot(node[i], depth))
  }

  /** The last index is set and deleted first: a long list becomes a dictionary, whose holes take no room. */
  #sparse(list: unknown[], node: Raw, depth: number): void {
    const length = node[1]
    if (!isIndex(length, LONGEST_SPARSE + 1 - this.#holed) || node.length % 2 !== 0)
      throw new Malformed('a list has no length')
    this.#holed += length
    if (length > 0) {
      list[length - 1] = undefined
      delete list[length - 1]
    }
    for (let i = 2; i < node.length; i += 2) {
      const key = node[i]
      if (typeof key === 'number' ? !isIndex(key, length) : key === 'length' || isListIndex(stringIn(key))) {
        throw new Malformed('a list has no such item')
      }
      define(list, String(key), this.#slot(node[i + 1], depth))
    }
  }

  #map(map: Map<unknown, unknown>, node: Raw, depth: number): void {
    if (node.length % 2 !== 1) throw new Malformed('a Map misses a value')
    for (let i = 1; i < node.length; i += 2) map.set(this.#slot(node[i], depth), this.#slot(node[i + 1], depth))
  }

  #error(error: object, node: Raw, depth: number): void {
    if (node.length % 3 !== 2) throw new Malformed('an error misses a part')
    for (const key of Reflect.ownKeys(error)) Reflect.deleteProperty(error, key)
    for (let i = 2; i < node.length; i += 3) {
      const value = this.#slot(node[i + 1], depth)
      define(error, stringIn(node[i]), value, node[i + 2] === true)
    }
  }

  #instance(number: number, node: Raw, depth: number): object {
    const codec = typeof node[1] === 'string' && node.length === 3 ? this.#classes.named(node[1]) : undefined
    if (codec === undefined)
      throw new Malformed(`no codec has the name '${String(node[1]).slice(0, 60)}': register its class`)
    if (this.#open.has(number)) throw new Malformed('an instance stands inside itself')
    this.#open.add(number)
    const instance = codec.decode(this.#slot(node[2], depth + 1))
    this.#open.delete(number)
    if (typeof instance !== 'object' || instance === null) throw new Malformed(`codec '${codec.name}' gave no object`)
    this.#built.set(number, instance)
    return instance
  }
}

const NUMBERS = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
])

/** Hexadecimal is read in linear time, decimal is not. */
function bigint(text: string): bigint {
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}

/** A new object of the node's kind; those that hold others are still empty. */
function shellOf(node: Raw): object {
  const [tag, a, b, c] = node
  switch (tag) {
    case 'o':
      return {}
    case '0':
      return Object.create(null) as object
    case 'a':
    case 'h':
      return []
    case 'M':
      return new Map()
    case 'S':
      return new Set()
    case 'E':
      return errorOf(stringIn(a))
    case 'D':
      return dateOf(a)
    case 'R':
      return regExpOf(stringIn(a), stringIn(b), c)
    case 'U':
      return new URL(stringIn(a))
    case 'Q':
      return new URLSearchParams(stringIn(a))
    case 'B':
      return binaryOf(stringIn(a), stringIn(b))
    default:
      throw new Malformed('a node is of no known kind')
  }
}

/** Without a trace of its own: it is given the stored one, and taking 2,500 takes a tenth of a second. */
function errorOf(name: string): Error {
  if (!ERRORS.includes(name)) throw new Malformed('an error is of no known class')
  const { stackTraceLimit } = Error
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return name === 'AggregateError'
      ? new AggregateError([])
      : new (Reflect.get(globalThis, name) as ErrorConstructor)()
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

function dateOf(ms: unknown): Date {
  if (ms === null) return new Date(NaN)
  const date = new Date(typeof ms === 'number' ? ms : NaN)
  if (date.getTime() !== ms) throw new Malformed('a Date has no time')
  return date
}

function regExpOf(source: string, flags: string, lastIndex: unknown): RegExp {
  if (!isIndex(lastIndex, Number.MAX_SAFE_INTEGER)) throw new Malformed('a RegExp has no lastIndex')
  const regExp = new RegExp(source, flags)
  regExp.lastIndex = lastIndex
  return regExp
}

function binaryOf(type: string, base64: string): object {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw new Malformed('binary content is not in base64')
  if (type === 'Buffer') return bytes
  const { buffer } = new Uint8Array(bytes)
  if (type === 'ArrayBuffer') return buffer
  if (type === 'DataView') return new DataView(buffer)
  if (!TYPED_ARRAYS.includes(type)) throw new Malformed('binary content is of no known type')
  return new (Reflect.get(globalThis, type) as Uint8ArrayConstructor)(buffer)
}

/** Makes the property itself, whatever its name: an assignment to `__proto__` would change the prototype, one to `stack` may meet a setter. */
function define(object: object, key: string, value: unknown, enumerable = true): void {
  if (enumerable && key !== '__proto__' && key !== 'stack') (object as Record<string, unknown>)[key] = value
  else Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true })
}

function stringIn(slot: unknown): string {
  if (typeof slot !== 'string') throw new Malformed('a name is no text')
  return slot
}

/** Whether a property of this name is an item: `01` and 2^32 - 1 are none. */
function isListIndex(key: string): boolean {
  return String(Number(key)) === key && isIndex(Number(key), 2 ** 32 - 1)
}

function isIndex(n: unknown, end: number): n is number {
  return Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < end
}
