import { isDisguised } from '../kernel/kind.js'
import { DEEPEST } from './table.js'

/** Whether `JSON.parse(JSON.stringify(value))` is the same value: same types, same shape, nothing shared or lost. */
export function isJsonSafe(value: unknown): boolean {
  return safe(value, new Set(), 0)
}

function safe(value: unknown, seen: Set<object>, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      return value === null || safeObject(value, seen, depth)
    default:
      return false
  }
}

function safeObject(value: object, seen: Set<object>, depth: number): boolean {
  if (depth > DEEPEST || seen.has(value)) return false
  seen.add(value)
  const proto = Object.getPrototypeOf(value)
  const isArray = Array.isArray(value)
  if (proto !== (isArray ? Array.prototype : Object.prototype) || ArrayBuffer.isView(value)) return false
  const keys = Reflect.ownKeys(value)
  if (isArray ? !isDense(value, keys) : keys.length === 0 && isDisguised(value)) return false
  for (const key of keys) {
    if (isArray && key === 'length') continue
    if (typeof key === 'symbol') return false
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (!property?.enumerable || !('value' in property) || !safe(property.value, seen, depth + 1)) return false
  }
  return true
}

/** Own keys come as the indexes in order, then `length`: nothing between, nothing after. */
function isDense(array: unknown[], keys: PropertyKey[]): boolean {
  return keys.length === array.length + 1 && keys[array.length] === 'length'
}
