import type { Dice } from './dice.js'

/** An instance that says its own key. */
export class Point {
  constructor(
    readonly x: unknown,
    readonly y: unknown,
  ) {}
  toCacheKey(): unknown {
    return [this.x, this.y]
  }
}

/** Another class that says the same. */
export class Pixel extends Point {}

const letters = ['a', 'b', 'A', 'é', 'e\u0301', 'n', '1', '0', '-', '.', '_', ' ', '\0', '\ud800', '\udc00', '😀']
const separators = [':', ',', '=', "'", '%', '(', ')', '~', '#', '@', '/', '*', '?', '"', '\\', '%3A', '%u00E9', '~1']
const names = ['a', 'b', 'c', 'id', 'a=1', 'a,b', '1', '01', '', '__proto__', 'constructor', 'toString', 'length', 'é']
const literals = ['true', 'false', 'null', 'undefined', 'NaN', 'Infinity', '-Infinity', '-0', '1n', '[object Object]']
const forms = ['()', '(=)', '(a,b)', '(a=1)', "'a'", '~1', 'Date(NaN)', 'Map(a=1)', 'Set(a)', '@Point((1,2))', 'a:b']
const numbers = [0, -0, 1, -1, 2, 10, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e21, 1e-7, 5e-324, 1_700_000_000_000]
const bigints = [0n, 1n, -1n, 10n, 2n ** 64n]
const times = [0, 1, -1, 1_700_000_000_000, NaN, 8.64e15]

/** Text of pieces that mean something to a writer of keys. */
export function word(dice: Dice): string {
  const kind = dice.below(16)
  if (kind === 0) return dice.pick(literals)
  if (kind === 1) return dice.pick(forms)
  if (kind === 2) return long(dice)
  let text = ''
  for (let left = dice.below(5); left > 0; left--) text += dice.pick(kind < 8 ? separators : letters)
  return kind < 12 ? `${dice.pick(letters)}${text}` : text
}

/** Text about as long as a key may be before it is hashed. */
function long(dice: Dice): string {
  const body = dice.pick(['a', 'ab', 'é', ':'])
  const whole = body.repeat(Math.ceil((150 + dice.below(80)) / body.length))
  return dice.chance(0.5) ? whole : `${whole}${dice.pick(letters)}`
}

/** A property's name. */
export const nameOf = (dice: Dice): string => (dice.chance(0.8) ? dice.pick(names) : word(dice))

export function atom(dice: Dice): unknown {
  switch (dice.below(9)) {
    case 0:
    case 1:
    case 2:
      return word(dice)
    case 3:
      return dice.below(12)
    case 4:
      return dice.pick(numbers)
    case 5:
      return dice.chance(0.5)
    case 6:
      return dice.chance(0.5) ? null : undefined
    case 7:
      return dice.pick(bigints)
    default:
      return dice.pick(letters)
  }
}

/** Binary data of any kind over some few bytes. */
export function binary(dice: Dice, bytes: Uint8Array<ArrayBuffer>): unknown {
  const { buffer } = new Uint8Array(bytes)
  const whole = (size: number) => buffer.slice(0, buffer.byteLength - (buffer.byteLength % size))
  switch (dice.below(10)) {
    case 0:
      return Buffer.from(bytes)
    case 1:
      return buffer
    case 2:
      return new DataView(buffer)
    case 3:
      return new Uint8ClampedArray(buffer)
    case 4:
      return new Int8Array(buffer)
    case 5:
      return new Uint16Array(whole(2))
    case 6:
      return new Float32Array(whole(4))
    case 7:
      return new BigUint64Array(whole(8))
    case 8:
      return new Uint8Array(Buffer.concat([Buffer.of(7), bytes, Buffer.of(9)]).buffer.slice(0), 0, 0)
    default:
      return new Uint8Array(buffer)
  }
}

export const someBytes = (dice: Dice): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: dice.below(10) }, () => dice.pick([0, 1, 255]))

/** Sets a property whatever its name. */
export function define(object: object, name: string, value: unknown): void {
  if (name !== '__proto__') (object as Record<string, unknown>)[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}

export function plain(entries: Iterable<readonly [string, unknown]>, prototype: object | null): object {
  const object = Object.create(prototype) as object
  for (const [name, value] of entries) define(object, name, value)
  return object
}

/** Any value that has a key, nested at most `depth` deep. */
export function part(dice: Dice, depth: number): unknown {
  if (depth === 0 || dice.chance(0.6)) return atom(dice)
  const some = (most: number) => Array.from({ length: dice.below(most) }, () => part(dice, depth - 1))
  switch (dice.below(12)) {
    case 0:
    case 1:
      return list(dice, some(4))
    case 2:
    case 3:
    case 4:
      return plain(
        some(4).map((value) => [nameOf(dice), value] as const),
        dice.chance(0.9) ? Object.prototype : null,
      )
    case 5:
      return new Map(some(3).map((value) => [part(dice, depth - 1), value]))
    case 6:
      return new Set(some(4))
    case 7:
      return new Date(dice.pick(times))
    case 8:
      return binary(dice, someBytes(dice))
    case 9:
      return at(new RegExp(dice.pick(['a', 'b', 'a,g', '', '\\(']), dice.pick(['', 'g', 'gi', 'y'])), dice.below(2))
    case 10:
      return dice.chance(0.5)
        ? new URL(dice.pick(urls))
        : new URLSearchParams(dice.pick(['', 'a=1', 'a=1&b=2', 'a=%20']))
    default:
      return dice.chance(0.9)
        ? new (dice.pick([Point, Pixel]))(part(dice, depth - 1), atom(dice))
        : { toCacheKey: always(part(dice, depth - 1)) }
  }
}

export const urls = ['http://a/', 'http://a/b', 'http://a/?', 'http://a/#', 'https://a/', 'http://a/b?c=(d)']
const always = (value: unknown) => () => value

export function at(regExp: RegExp, lastIndex: number): RegExp {
  regExp.lastIndex = lastIndex
  return regExp
}

/** The items as a list, now and then with a hole. */
function list(dice: Dice, items: unknown[]): unknown[] {
  if (items.length > 0 && dice.chance(0.15)) delete items[dice.below(items.length)]
  if (dice.chance(0.05)) items.length++
  return items
}

/** A list of arguments. */
export const listOf = (dice: Dice): unknown[] => Array.from({ length: dice.below(4) }, () => part(dice, 3))
