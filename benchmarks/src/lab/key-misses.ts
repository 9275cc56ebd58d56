import type { Dice } from './dice.js'
import { at, binary, nameOf, Pixel, plain, Point, word } from './key-parts.js'

/**
 * A list that is the same, or nearly the same, as another one. Its judge is `same`, not how it was made. `text` is the list's own key:
 * a text that looks like it is the nearest miss of all.
 */
export function nearly(dice: Dice, list: readonly unknown[], text: string): unknown[] {
  if (dice.chance(0.04)) return [dice.pick([text, text.slice(1, -1), text.replaceAll("'", '')])]
  const copy = new Copy(dice, dice.chance(0.3) ? Infinity : dice.below(6))
  const items = list.map((item) => copy.of(item))
  return dice.chance(0.2) ? reshaped(dice, items) : items
}

/** The list changed as a list: parts joined, split, wrapped, left out. */
function reshaped(dice: Dice, items: unknown[]): unknown[] {
  const first = items[0]
  switch (dice.below(9)) {
    case 0:
      return [...items, undefined]
    case 1:
      return items.slice(0, -1)
    case 2:
      return [items]
    case 3:
      return items.flat(1)
    case 4:
      return typeof first === 'string' ? [...first.split(':'), ...items.slice(1)] : [...items, '']
    case 5:
      return items.length > 1 ? [`${textOf(first)}:${textOf(items[1])}`, ...items.slice(2)] : [...items, null]
    case 6:
      return items.length > 1 ? [`${textOf(first)},${textOf(items[1])}`, ...items.slice(2)] : ['', ...items]
    case 7:
      return items.toReversed()
    default:
      return [undefined, ...items]
  }
}

const textOf = (item: unknown): string => (typeof item === 'object' ? '' : String(item))

/** Copies a value, unordered things in another order, and changes the part that it comes to after `left` others. */
class Copy {
  constructor(
    private readonly dice: Dice,
    private left: number,
  ) {}

  of(value: unknown): unknown {
    if (this.left-- === 0) return near(this.dice, value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return this.#list(value)
    if (value instanceof Map)
      return new Map(this.dice.shuffled([...value]).map(([key, item]) => [this.of(key), this.of(item)]))
    if (value instanceof Set) return new Set(this.dice.shuffled([...value]).map((item) => this.of(item)))
    if (value instanceof Point) return new (value.constructor as typeof Point)(this.of(value.x), this.of(value.y))
    const prototype: unknown = Object.getPrototypeOf(value)
    if ('toCacheKey' in value) return { ...value }
    if (prototype !== Object.prototype && prototype !== null) return value
    const entries = this.dice.shuffled(Object.entries(value)).map(([name, item]) => [name, this.of(item)] as const)
    return plain(entries, this.dice.chance(0.9) ? Object.prototype : null)
  }

  #list(list: readonly unknown[]): unknown[] {
    const copy: unknown[] = Array(list.length)
    for (let i = 0; i < list.length; i++) if (i in list) copy[i] = this.of(list[i])
    return copy
  }
}

/** Something that is easily taken for the value. */
function near(dice: Dice, value: unknown): unknown {
  if (dice.chance(0.1)) return dice.pick([[value], { 0: value }, new Set([value]), String(typeof value)])
  switch (typeof value) {
    case 'string':
      return nearString(dice, value)
    case 'number':
      return dice.pick([
        String(value),
        -value,
        value + 1,
        `${value}n`,
        new Date(value),
        [value],
        value === 1,
        toBig(value),
      ])
    case 'bigint':
      return dice.pick([Number(value), String(value), `${value}n`, value + 1n, -value])
    case 'boolean':
      return dice.pick([String(value), Number(value), !value, null])
    case 'undefined':
      return dice.pick<unknown>(['undefined', null, '', [], Array(1)])
    default:
      return value === null ? dice.pick<unknown>(['null', undefined, 0, {}, '']) : nearObject(dice, value as object)
  }
}

const toBig = (n: number): unknown => (Number.isInteger(n) ? BigInt(n) : String(n))

function nearString(dice: Dice, text: string): unknown {
  const place = dice.below(text.length + 1)
  switch (dice.below(10)) {
    case 0:
      return text.slice(0, place) + dice.pick([':', ',', "'", ')', '\0', 'x', '\ud800', '=']) + text.slice(place)
    case 1:
      return text.slice(0, place) + text.slice(place + 1)
    case 2:
      return text.normalize(dice.pick(['NFC', 'NFD']))
    case 3:
      return /^-?\d+$/.test(text) ? dice.pick([Number(text), BigInt(text)]) : `'${text}'`
    case 4:
      return dice.pick([
        text.toUpperCase(),
        text.trim(),
        `${text} `,
        encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '')),
      ])
    case 5:
      return text === 'true' ? true : text === 'null' ? null : text === 'NaN' ? NaN : undefined
    case 6:
      return [text]
    case 7:
      return text.slice(0, place) + word(dice) + text.slice(place)
    case 8:
      return new URLSearchParams(text)
    default:
      return text.slice(0, place) + String.fromCharCode((text.charCodeAt(place) || 0) ^ 1) + text.slice(place + 1)
  }
}

function nearObject(dice: Dice, value: object): unknown {
  if (Array.isArray(value)) return nearList(dice, value)
  if (value instanceof Map) return dice.pick([[...value], new Set(value), new Map([...value].map(([k, v]) => [v, k]))])
  if (value instanceof Set)
    return dice.pick<unknown>([
      [...value],
      new Map([...value].map((item) => [item, undefined])),
      new Set([...value, 0]),
    ])
  if (value instanceof Date)
    return dice.pick([value.getTime(), String(value), new Date(value.getTime() + 1), JSON.stringify(value), {}])
  if (ArrayBuffer.isView(value))
    return nearBytes(dice, new Uint8Array(Buffer.from(value.buffer, value.byteOffset, value.byteLength)))
  if (value instanceof ArrayBuffer) return nearBytes(dice, new Uint8Array(value))
  if (value instanceof RegExp)
    return dice.pick([String(value), value.source, new RegExp(value.source, 'i'), at(new RegExp(value), 2)])
  if (value instanceof URL) return dice.pick<unknown>([value.href, new URL(`${value.href}x`), value.searchParams])
  if (value instanceof URLSearchParams)
    return dice.pick<unknown>([String(value), new URL(`http://a/?${String(value)}`)])
  if (value instanceof Point)
    return dice.pick<unknown>([
      new Pixel(value.x, value.y),
      [value.x, value.y],
      { ...value },
      new Point(value.y, value.x),
    ])
  return nearPlain(dice, Object.entries(value))
}

function nearList(dice: Dice, list: readonly unknown[]): unknown {
  const entries = Object.entries(list)
  switch (dice.below(8)) {
    case 0:
      return [...list, undefined]
    case 1:
      return list.slice(1)
    case 2:
      return list.flat(1)
    case 3:
      return plain(entries, Object.prototype)
    case 4:
      return new Set(list)
    case 5:
      return Array.from(list)
    case 6:
      return String(list.map((item) => typeof item))
    default:
      return Object.assign(Array<unknown>(list.length + 1), list)
  }
}

function nearPlain(dice: Dice, entries: [string, unknown][]): unknown {
  const kept = entries.filter(([name]) => name !== 'toCacheKey')
  switch (dice.below(6)) {
    case 0:
      return new Map(kept)
    case 1:
      return kept
    case 2:
      return plain([...kept, [nameOf(dice), undefined]], Object.prototype)
    case 3:
      return plain(kept.slice(1), Object.prototype)
    case 4:
      return plain(
        kept.map(([, value]) => [nameOf(dice), value] as const),
        Object.prototype,
      )
    default:
      return plain(kept, null)
  }
}

function nearBytes(dice: Dice, bytes: Uint8Array<ArrayBuffer>): unknown {
  const base64 = Buffer.from(bytes).toString('base64url')
  switch (dice.below(5)) {
    case 0:
      return Array.from(bytes)
    case 1:
      return base64
    case 2:
      return new Uint8Array(Buffer.concat([Buffer.of(1), bytes, Buffer.of(2)])).subarray(1, bytes.length + 1)
    case 3:
      return bytes.map((byte, i) => (i === 0 ? byte ^ 3 : byte))
    default:
      return binary(dice, bytes)
  }
}
