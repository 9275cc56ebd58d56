/*
 * When two lists of arguments are one key, judged by what the documents say and without the library's code: primitives by type
 * and value (-0 is 0, NaN is NaN), lists by length, holes and items, plain objects by their keys in any order (the prototype null
 * is as good), Maps and Sets in any order, Dates by time, RegExps by source, flags and lastIndex, URLs by text, binary data by
 * type and bytes, instances by the class's name and what toCacheKey() answers.
 */

type Keyed = { toCacheKey(): unknown }

/** Whether two values are one key. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== typeof b) return false
  if (typeof a === 'number') return a === b || (Number.isNaN(a) && Number.isNaN(b))
  if (typeof a !== 'object' || a === null || b === null) return a === b
  const [left, right] = [a as object, b as object]
  const kind = sort(left)
  return kind === sort(right) && sameContent(kind, left, right)
}

/** What an object is, by its internal tag. */
function sort(value: object): string {
  if (typeof (value as Keyed).toCacheKey === 'function') return 'keyed'
  if (Buffer.isBuffer(value)) return 'Buffer'
  return Object.prototype.toString.call(value).slice(8, -1)
}

function sameContent(kind: string, a: object, b: object): boolean {
  switch (kind) {
    case 'keyed':
      return a.constructor.name === b.constructor.name && same((a as Keyed).toCacheKey(), (b as Keyed).toCacheKey())
    case 'Object':
      return sameObjects(a as Record<string, unknown>, b as Record<string, unknown>)
    case 'Array':
      return sameLists(a as unknown[], b as unknown[])
    case 'Map':
      return sameBags([...(a as Map<unknown, unknown>)], [...(b as Map<unknown, unknown>)])
    case 'Set':
      return sameBags([...(a as Set<unknown>)], [...(b as Set<unknown>)])
    case 'Date':
      return same((a as Date).getTime(), (b as Date).getTime())
    case 'RegExp':
      return String(a) === String(b) && (a as RegExp).lastIndex === (b as RegExp).lastIndex
    case 'URL':
    case 'URLSearchParams':
      return String(a) === String(b)
    default:
      return bytes(a).equals(bytes(b))
  }
}

function sameObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
}

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (i in a !== i in b || !same(a[i], b[i])) return false
  return true
}

/** In any order. Sameness is transitive, so that the first match is as good as any. */
function sameBags(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  const left = [...b]
  for (const item of a) {
    const at = left.findIndex((other) => same(item, other))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return true
}

function bytes(value: object): Buffer {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
  return Buffer.from(value as ArrayBuffer)
}
