import { copyOf } from './copy.js'
import { shallow } from './weigh.js'

/** What happens to an object that several readers of the memory tier share. */
export type CloneMode = 'freeze' | 'structured' | 'none'

/** A value made ready for memory; `copied` says that each reader needs a copy of its own. */
export interface Shared {
  readonly value: unknown
  readonly copied: boolean
}

/**
 * Prepares a value for sharing. 'freeze' freezes plain objects and arrays through and through, once; what a freeze cannot hold
 * (Map, Set, Date, typed arrays) is copied for each reader instead. Class instances are left alone: freezing a client or an
 * entity would break it, and copying it would lose its class.
 */
export function share(value: unknown, mode: CloneMode): Shared {
  if (value === null || typeof value !== 'object' || mode === 'none') return { value, copied: false }
  if (mode === 'structured') return copiedOrSame(value)
  if (freezeFlat(value) !== undefined) return { value, copied: false }
  const seen = new Set<object>()
  const kind = inspect(value, seen, 0)
  if (kind === 'plain') {
    for (const part of seen) Object.freeze(part)
    return { value, copied: false }
  }
  return kind === 'mutable' ? copiedOrSame(value) : { value, copied: false }
}

/** The same for a value just read from JSON, which holds nothing but plain objects and arrays, each once. */
export function shareJson(value: unknown, mode: CloneMode): Shared {
  if (mode !== 'freeze') return share(value, mode)
  if (typeof value === 'object' && value !== null) freezeTree(value as Tree)
  return { value, copied: false }
}

/**
 * Makes ready for memory what holds no other object: a primitive, or a plain object of nothing but primitives, as most rows of a table
 * are, which is frozen. Answers its weight, for one walk does both; undefined for anything else, to which nothing is done.
 */
export function freezeFlat(value: unknown): number | undefined {
  let bytes = shallow(value)
  if (typeof value !== 'object' || value === null) return bytes
  if (Object.getPrototypeOf(value) !== Object.prototype || Array.isArray(value) || ArrayBuffer.isView(value))
    return undefined
  for (const name in value) {
    const part: unknown = (value as Record<string, unknown>)[name]
    if (typeof part === 'function' || (typeof part === 'object' && part !== null)) return undefined
    bytes += 8 + shallow(part)
  }
  Object.freeze(value)
  return bytes
}

type Tree = { readonly [name: string]: unknown } | readonly unknown[]

/** By name and place: a list of the values costs more than the freezing. */
function freezeTree(part: Tree): void {
  if (Array.isArray(part)) {
    for (let at = 0; at < part.length; at++) {
      const child: unknown = part[at]
      if (typeof child === 'object' && child !== null) freezeTree(child as Tree)
    }
  } else {
    for (const name in part) {
      const child = (part as { readonly [name: string]: unknown })[name]
      if (typeof child === 'object' && child !== null && Object.hasOwn(part, name)) freezeTree(child as Tree)
    }
  }
  Object.freeze(part)
}

/** A copy for one reader. */
export const copy = (value: unknown): unknown => copyOf(value as object) ?? value

/** What no copy would equal is shared as it is: a hit must be what the miss was. */
function copiedOrSame(value: object): Shared {
  const own = copyOf(value)
  return own === undefined ? { value, copied: false } : { value: own, copied: true }
}

type Kind = 'plain' | 'mutable' | 'instance'
const mutable = [Map, Set, Date, RegExp, ArrayBuffer] as const

/** Looks through plain objects and arrays; the first part that is neither decides, a class instance above all. */
function inspect(part: object, seen: Set<object>, depth: number): Kind {
  if (seen.has(part)) return 'plain'
  if (ArrayBuffer.isView(part) || mutable.some((c) => part instanceof c)) return 'mutable'
  const proto = Object.getPrototypeOf(part)
  if (!Array.isArray(part) && proto !== Object.prototype && proto !== null) return 'instance'
  if (depth > 1_000) return 'instance'
  seen.add(part)
  let kind: Kind = 'plain'
  for (const child of Object.values(part)) {
    if (child === null || typeof child !== 'object') {
      if (typeof child === 'function') return 'instance'
      continue
    }
    const of = inspect(child, seen, depth + 1)
    if (of === 'instance') return 'instance'
    if (of === 'mutable') kind = 'mutable'
  }
  return kind
}
