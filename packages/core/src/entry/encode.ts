import { types } from '../kernel/node-util.js'
import { classNameOf, describe, ERRORS, extrasOf, indexOf, isDisguised, kindOf, viewExtras } from '../kernel/kind.js'
import { Refusal, stepTo, under } from '../kernel/refusal.js'
import type { ClassCodecs } from './class-codecs.js'
import { DEEPEST, LONGEST_SPARSE, type Node, type Slot } from './table.js'

/** Writes one value as a table of nodes. Throws `Refusal` at a part that could not come back as it was. */
export class Encoder {
  readonly #classes: ClassCodecs
  readonly #nodes: Node[] = []
  readonly #numbers = new Map<object, number>()
  /** The depth of each object that is being written, by its number; of those done nothing is kept. */
  readonly #open = new Map<number, number>()
  #holed = 0
  /** The depth of the innermost class instance that is being written. */
  #instance = -1

  constructor(classes: ClassCodecs) {
    this.#classes = classes
  }

  table(value: unknown): string {
    const root = this.#slot(value, 0)
    return JSON.stringify([root, ...this.#nodes])
  }

  #slot(value: unknown, depth: number): Slot {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'undefined':
        return ['u']
      case 'bigint':
        return ['b', value.toString(16)]
      case 'number':
        if (Object.is(value, -0)) return ['n', '-0']
        return Number.isFinite(value) ? value : ['n', String(value)]
      case 'object':
        return value === null ? null : [this.#number(value, depth)]
      default:
        throw new Refusal(`is ${describe(value)}, which cannot be stored`)
    }
  }

  #number(value: object, depth: number): number {
    const known = this.#numbers.get(value)
    if (known !== undefined) {
      if ((this.#open.get(known) ?? Infinity) <= this.#instance) {
        throw new Refusal('leads back to itself through a class instance: leave that part out of its codec')
      }
      return known
    }
    if (depth > DEEPEST) throw new Refusal(`is nested deeper than ${DEEPEST} levels`)
    const node: Node = ['']
    const number = this.#nodes.push(node)
    this.#numbers.set(value, number)
    this.#open.set(number, depth)
    this.#fill(node, value, depth)
    this.#open.delete(number)
    return number
  }

  #fill(node: Node, value: object, depth: number): void {
    const kind = kindOf(value)
    switch (kind) {
      case 'Object':
        node[0] = 'o'
        return this.#properties(node, value, depth)
      case 'null':
        node[0] = '0'
        return this.#properties(node, value, depth)
      case 'Array':
        return this.#list(node, value as unknown[], depth)
      case undefined:
        return this.#classInstance(node, value, depth)
    }
    if (ERRORS.includes(kind)) return this.#error(node, kind, value as Error, depth)
    const isView = ArrayBuffer.isView(value)
    if (isView ? viewExtras(value, kind) : extrasOf(value, kind === 'RegExp' ? 1 : 0)) {
      throw new Refusal(`is a ${kind} with properties of its own`)
    }
    if (isView) return void fillBinary(node, kind, value.buffer, value.byteOffset, value.byteLength)
    switch (kind) {
      case 'Map':
        return this.#map(node, value as Map<unknown, unknown>, depth)
      case 'Set':
        return this.#set(node, value as Set<unknown>, depth)
      case 'ArrayBuffer':
        if (Reflect.get(value, 'resizable') === true) throw new Refusal('is an ArrayBuffer that can be resized')
        return fillBinary(node, kind, value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength)
      case 'Date':
        return fill(node, 'D', timeOf(value as Date))
      case 'RegExp':
        return fillRegExp(node, value as RegExp)
      case 'URL':
        return fill(node, 'U', (value as URL).href)
      case 'URLSearchParams':
        return fill(node, 'Q', String(value))
      default:
        throw new Refusal(`is ${describe(value)}, which cannot be stored`)
    }
  }

  #step(value: unknown, step: string, depth: number): Slot {
    try {
      return this.#slot(value, depth + 1)
    } catch (error) {
      throw under(error, step)
    }
  }

  #properties(node: Node, value: object, depth: number): void {
    const keys = Reflect.ownKeys(value)
    if (keys.length === 0 && isDisguised(value)) throw new Refusal('is a built-in whose prototype was replaced')
    for (const key of keys) {
      if (typeof key === 'symbol') throw new Refusal('has a symbol as a key, which cannot be stored')
      const property = dataProperty(value, key)
      if (!property.enumerable) throw new Refusal('is not enumerable, which cannot be stored').under(stepTo(key))
      node.push(key, this.#step(property.value, stepTo(key), depth))
    }
  }

  #list(node: Node, list: unknown[], depth: number): void {
    const keys = Reflect.ownKeys(list)
    const dense = keys.length === list.length + 1 && keys[list.length] === 'length'
    if (!dense && (this.#holed += list.length) > LONGEST_SPARSE) {
      throw new Refusal(`is a list with holes, with others longer than ${LONGEST_SPARSE}`)
    }
    fill(node, dense ? 'a' : 'h')
    if (!dense) node.push(list.length)
    for (const key of keys) {
      if (key === 'length') continue
      if (typeof key === 'symbol') throw new Refusal('has a symbol as a key, which cannot be stored')
      const index = /^(?:0|[1-9]\d{0,6})$/.test(key) ? Number(key) : key
      const step = stepTo(index)
      const property = dataProperty(list, key)
      if (!property.enumerable) throw new Refusal('is not enumerable, which cannot be stored').under(step)
      if (!dense) node.push(index)
      node.push(this.#step(property.value, step, depth))
    }
  }

  #map(node: Node, map: Map<unknown, unknown>, depth: number): void {
    fill(node, 'M')
    for (const [key, value] of map) {
      const name = typeof key === 'string' || typeof key === 'number' ? ` of ${String(key).slice(0, 60)}` : ''
      node.push(this.#step(key, '<key>', depth), this.#step(value, `<value${name}>`, depth))
    }
  }

  #set(node: Node, set: Set<unknown>, depth: number): void {
    fill(node, 'S')
    for (const item of set) node.push(this.#step(item, '<item>', depth))
  }

  /** `stack` is read as what it answers: it is an accessor in some engines. Hidden symbols are the runtime's own. */
  #error(node: Node, kind: string, error: Error, depth: number): void {
    fill(node, 'E', kind)
    for (const key of Reflect.ownKeys(error)) {
      if (typeof key === 'symbol') {
        if (!Object.prototype.propertyIsEnumerable.call(error, key)) continue
        throw new Refusal('has a symbol as a key, which cannot be stored')
      }
      const value: unknown = key === 'stack' ? error.stack : dataProperty(error, key).value
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key)
      node.push(key, this.#step(value, stepTo(key), depth), enumerable)
    }
  }

  #classInstance(node: Node, value: object, depth: number): void {
    const codec = this.#classes.of(value)
    if (codec === undefined) {
      const advice =
        classNameOf(value) === undefined || types.isPromise(value) ? '' : ': register a codec for its class'
      throw new Refusal(`is ${describe(value)}, which cannot be stored${advice}`)
    }
    const outer = this.#instance
    this.#instance = depth
    let content: unknown
    try {
      content = codec.encode(value)
    } catch (cause) {
      throw new Refusal(`is ${describe(value)}, whose codec failed to encode it`, cause)
    }
    fill(node, 'C', codec.name, this.#step(content, '<content>', depth))
    this.#instance = outer
  }
}

function fill(node: Node, tag: string, ...content: Slot[]): void {
  node[0] = tag
  for (const slot of content) node.push(slot)
}

const timeOf = (date: Date) => (Number.isNaN(date.getTime()) ? null : date.getTime())

function fillRegExp(node: Node, regExp: RegExp): void {
  const at = indexOf(regExp)
  if (at === undefined) throw new Refusal('is a RegExp with a lastIndex that is no index')
  fill(node, 'R', regExp.source, regExp.flags, at)
}

function fillBinary(node: Node, kind: string, buffer: ArrayBufferLike, offset: number, length: number): void {
  fill(node, 'B', kind, Buffer.from(buffer as ArrayBuffer, offset, length).toString('base64'))
}

function dataProperty(object: object, key: string): PropertyDescriptor {
  const property = Object.getOwnPropertyDescriptor(object, key)
  if (property !== undefined && 'value' in property) return property
  throw new Refusal('is an accessor, which cannot be stored').under(stepTo(key))
}
