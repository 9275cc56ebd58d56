import { types } from '../kernel/node-util.js'
import { extrasOf, kindOf } from '../kernel/kind.js'

/** What a copy would not be the same of: an instance of a class, a function, an accessor. */
const uncopyable = Symbol('uncopyable')
const deepest = 1_000

/**
 * A copy for one reader, types and all: plain data and the built-ins that hold data, with cycles and shared parts. `structuredClone` would
 * lose classes, Buffers, symbols and what a RegExp has come to. Undefined for what no copy would equal.
 */
export function copyOf(value: object): object | undefined {
  try {
    return part(value, new Map(), 0) as object
  } catch (error) {
    if (error === uncopyable) return undefined
    throw error
  }
}

function part(value: unknown, done: Map<object, object>, depth: number): unknown {
  if (typeof value === 'function') throw uncopyable
  if (typeof value !== 'object' || value === null) return value
  const known = done.get(value)
  if (known !== undefined) return known
  const kind = kindOf(value)
  if (kind === undefined || depth > deepest) throw uncopyable
  const copy = shell(value, kind)
  done.set(value, copy)
  if (kind === 'Object' || kind === 'null' || kind === 'Array') properties(value, copy, done, depth)
  else if (kind === 'Map')
    for (const [k, v] of value as Map<unknown, unknown>)
      (copy as Map<unknown, unknown>).set(part(k, done, depth + 1), part(v, done, depth + 1))
  else if (kind === 'Set')
    for (const item of value as Set<unknown>) (copy as Set<unknown>).add(part(item, done, depth + 1))
  return copy
}

function properties(from: object, to: object, done: Map<object, object>, depth: number): void {
  for (const name of Reflect.ownKeys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, name)!
    if (!('value' in property)) throw uncopyable
    const value = part(property.value, done, depth + 1)
    if (property.enumerable && name !== '__proto__') (to as Record<PropertyKey, unknown>)[name] = value
    else Object.defineProperty(to, name, { ...property, value, writable: true })
  }
}

/** A new object of the same kind; those that hold others are still empty. */
function shell(value: object, kind: string): object {
  if (kind === 'Object') return {}
  if (kind === 'null') return Object.create(null) as object
  if (kind === 'Array') return new Array((value as unknown[]).length)
  if (Buffer.isBuffer(value)) return Buffer.from(value)
  if (types.isTypedArray(value)) return value.slice()
  if (extrasOf(value, kind === 'RegExp' ? 1 : 0)) throw uncopyable
  switch (kind) {
    case 'Date':
      return new Date((value as Date).getTime())
    case 'Map':
      return new Map()
    case 'Set':
      return new Set()
    case 'RegExp': {
      const { source, flags, lastIndex } = value as RegExp
      return Object.assign(new RegExp(source, flags), { lastIndex })
    }
    case 'ArrayBuffer':
      return (value as ArrayBuffer).slice(0)
    case 'DataView': {
      const { buffer, byteOffset, byteLength } = value as DataView
      return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
    }
    case 'URL':
      return new URL((value as URL).href)
    case 'URLSearchParams':
      return new URLSearchParams(value as URLSearchParams)
    default:
      throw uncopyable
  }
}
