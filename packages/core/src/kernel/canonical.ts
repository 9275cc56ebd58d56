/*
 * The canonical text of a value: equal values have one text, different values have different texts, in every process.
 * It is printable ASCII without blanks and without any of `" \ # * ? [ ] { }`, so that any store and shell bears it.
 *
 *   value   = string | number | 'true' | 'false' | 'null' | 'undefined' | list | object | tagged
 *   string  = a word ([A-Za-z_][A-Za-z0-9_.-]*, none of the reserved ones), or quoted: '…' with every other UTF-16 unit
 *             than the safe ones as %XX or %uXXXX
 *   number  = as JavaScript writes it (-0 is 0) · NaN · Infinity · -Infinity; a bigint ends in n
 *   list    = (value,value) with ~3 for three holes in a row
 *   object  = (key=value,key=value) by sorted key, (=) if empty
 *   tagged  = Date(ISO time) · RegExp(string,flags) · URL(string) · URLSearchParams(string) · Map(value=value,…) and
 *             Set(value,…), both sorted · Uint8Array(base64url) and the like · @Class(value) by toCacheKey()
 *
 * A word before '(' is a tag, before '=' a key, otherwise a string: one symbol of look-ahead reads it back.
 */
import { CacheKeyError } from './errors.js'
import { classNameOf, describe, extrasOf, indexOf, isDisguised, kindOf, viewExtras } from './kind.js'
import { Refusal, stepTo, under } from './refusal.js'
import { stringText } from './string-text.js'

const DEEPEST = 100
const LONGEST = 2 * 1024 * 1024
const WAY_OUT = 'write a key option that picks plain parts, or give the class a toCacheKey()'

/** The stable, injective text of any value, or a `CacheKeyError` that names `where` and the part that has none. */
export function canonical(value: unknown, where: string): string {
  try {
    return canonicalPart(value)
  } catch (error) {
    throw keyError(error, where)
  }
}

/** The same, for a caller who names the place only when it is needed: throws a `Refusal`, for `keyError`. */
export function canonicalPart(value: unknown): string {
  return text(value, 0)
}

/** The texts of a list's items, with `separator` between them: the list itself without its parentheses. */
export function canonicalItems(items: readonly unknown[], separator: string, where: string): string {
  try {
    return itemsText(items, separator, 0)
  } catch (error) {
    throw keyError(error, where)
  }
}

/** A refusal as the user gets it: the place, the part, and the way out. Other errors pass. */
export function keyError(error: unknown, where: string): unknown {
  if (!(error instanceof Refusal)) return error
  const place = error.path === '' ? where : `${where} ${error.path}`
  return new CacheKeyError(`${place} ${error.why}: ${WAY_OUT}`, { cause: error.cause })
}

function text(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return stringText(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : objectText(value, depth)
    default:
      throw new Refusal(`is ${describe(value)}, which has no stable text`)
  }
}

function objectText(value: object, depth: number): string {
  if (depth > DEEPEST) throw new Refusal(`is nested deeper than ${DEEPEST} levels, or refers to itself`)
  const kind = kindOf(value)
  if (kind === 'Object' || kind === 'null') return plainText(value as Record<string, unknown>, depth)
  if (kind === 'Array') return `(${itemsText(value as unknown[], ',', depth + 1)})`
  if (kind === undefined) return keyOf(value, depth)
  const isView = ArrayBuffer.isView(value)
  if (isView ? viewExtras(value, kind) : extrasOf(value, kind === 'RegExp' ? 1 : 0)) {
    throw new Refusal(`is a ${kind} with properties of its own`)
  }
  if (isView) return `${kind}(${base64(value.buffer, value.byteOffset, value.byteLength)})`
  switch (kind) {
    case 'Date':
      return `Date(${Number.isNaN((value as Date).getTime()) ? 'NaN' : (value as Date).toISOString()})`
    case 'Map':
      return `Map(${sorted(mapTexts(value as Map<unknown, unknown>, depth + 1))})`
    case 'Set':
      return `Set(${sorted(Array.from(value as Set<unknown>, (item) => step(item, '<item>', depth + 1)))})`
    case 'RegExp':
      return regExpText(value as RegExp)
    case 'URL':
      return `URL(${stringText((value as URL).href)})`
    case 'URLSearchParams':
      return `URLSearchParams(${stringText(String(value))})`
    case 'ArrayBuffer':
      return `ArrayBuffer(${base64(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength)})`
    default:
      throw new Refusal(`is ${describe(value)}, which has no stable text`)
  }
}

function plainText(object: Record<string, unknown>, depth: number): string {
  refuseSymbols(object)
  const keys = Object.keys(object)
  if (keys.length === 0) {
    if (isDisguised(object)) throw new Refusal('is a built-in whose prototype was replaced')
    return '(=)'
  }
  sort(keys)
  let out = ''
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const property = Object.getOwnPropertyDescriptor(object, key)!
    if (property.get !== undefined || property.set !== undefined) throw new Refusal('is an accessor').under(stepTo(key))
    const value: unknown = property.value
    if (key === 'toCacheKey' && typeof value === 'function') return keyOf(object, depth)
    out += (i === 0 ? '(' : ',') + stringText(key) + '=' + step(value, key, depth + 1)
    if (out.length > LONGEST) throw tooLong()
  }
  return out + ')'
}

/** By UTF-16 units, in place. Few keys, or keys in order, are the rule: for them this is faster than the built-in. */
function sort(keys: string[]): void {
  if (keys.length > 12) return void keys.sort()
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!
    let at = i
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!
    keys[at] = key
  }
}

function itemsText(items: readonly unknown[], separator: string, depth: number): string {
  refuseSymbols(items)
  const keys = Object.keys(items)
  const { length } = keys
  const dense = length === items.length && (length === 0 || keys[length - 1] === String(length - 1))
  if (!dense) return sparseText(items, keys, separator, depth)
  let out = ''
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out += separator
    out += step(items[i], i, depth)
    if (out.length > LONGEST) throw tooLong()
  }
  return out
}

/** Costs what the items cost, not what the length says. */
function sparseText(items: readonly unknown[], keys: string[], separator: string, depth: number): string {
  const out: string[] = []
  let next = 0
  for (const key of [...keys, String(items.length)]) {
    const index = Number(key)
    if (String(index) !== key || !Number.isInteger(index) || index > items.length || index < next) {
      throw new Refusal('is a property of a list').under(stepTo(key))
    }
    if (index > next) out.push(`~${index - next}`)
    if (index < items.length) out.push(step(items[index], index, depth))
    next = index + 1
  }
  return out.join(separator)
}

function refuseSymbols(object: object): void {
  const symbols = Object.getOwnPropertySymbols(object)
  if (symbols.length > 0 && symbols.some((symbol) => Object.prototype.propertyIsEnumerable.call(object, symbol))) {
    throw new Refusal('has a symbol as a key')
  }
}

function step(value: unknown, key: string | number, depth: number): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return String(value)
  try {
    return text(value, depth)
  } catch (error) {
    throw under(error, typeof key === 'string' && key.startsWith('<') ? key : stepTo(key))
  }
}

function mapTexts(map: Map<unknown, unknown>, depth: number): string[] {
  return Array.from(map, ([key, value]) => {
    const keyText = step(key, '<key>', depth)
    return `${keyText}=${step(value, `<value of ${keyText.slice(0, 60)}>`, depth)}`
  })
}

function sorted(texts: string[]): string {
  if (texts.reduce((sum, part) => sum + part.length, 0) > LONGEST) throw tooLong()
  return texts.sort().join(',')
}

function regExpText(value: RegExp): string {
  const at = indexOf(value)
  if (at === undefined) throw new Refusal('is a RegExp with a lastIndex that is no index')
  return `RegExp(${stringText(value.source)},${value.flags}${at === 0 ? '' : `,${at}`})`
}

function keyOf(value: object, depth: number): string {
  const { toCacheKey } = value as { toCacheKey?: unknown }
  if (typeof toCacheKey !== 'function') throw new Refusal(`is ${describe(value)}, which has no stable text`)
  const name = classNameOf(value)
  if (name === undefined) throw new Refusal('has a toCacheKey(), but its class has no name')
  let answer: unknown
  try {
    answer = toCacheKey.call(value)
  } catch (cause) {
    throw new Refusal('has a toCacheKey() that failed', cause)
  }
  return `@${stringText(name)}(${step(answer, '<toCacheKey()>', depth + 1)})`
}

function base64(buffer: ArrayBufferLike, offset: number, length: number): string {
  if (length > LONGEST) throw tooLong()
  return Buffer.from(buffer as ArrayBuffer, offset, length).toString('base64url')
}

const tooLong = () => new Refusal(`has a text of more than ${LONGEST / 1024 / 1024} Mi characters`)
