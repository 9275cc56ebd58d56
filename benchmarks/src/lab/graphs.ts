import type { Dice } from './dice.js'
import { at, binary, define, someBytes, urls, word } from './key-parts.js'

/** Instances of it are stored by a codec of its own. */
export class Money {
  constructor(readonly content: unknown) {}
}

/** Its codec reads and writes one text. */
export class Code {
  constructor(readonly text: string) {}
}

const numbers = [0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300, 5e-324, 0.1]
const bigints = [0n, 1n, -1n, 255n, -256n, 2n ** 200n, -(2n ** 64n)]
const times = [0, -0, 1, -1, NaN, 8.64e15, 1_700_000_000_123]
const names = ['a', 'b', 'id', '0', '2', '10', '01', '__proto__', 'constructor', 'toJSON', 'length', 'cause', '', 'é']
const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const

/** Makes values of all kinds that a codec keeps, with shared parts and cycles. */
export class Graphs {
  /** Everything made so far in this value, what is still being made included. */
  readonly #made: object[] = []
  #instances = 0

  constructor(readonly dice: Dice) {}

  value(depth: number): unknown {
    const { dice } = this
    if (this.#made.length > 0 && this.#instances === 0 && dice.chance(0.08)) return dice.pick(this.#made)
    return depth === 0 || dice.chance(0.4) ? this.#atom() : this.#object(depth - 1)
  }

  /** Lists nested as deep as is allowed, and a little deeper. */
  deep(): unknown {
    const inner = this.value(1)
    return Array.from({ length: 990 + this.dice.below(20) }).reduce<unknown>((value) => [value], inner)
  }

  #atom(): unknown {
    const { dice } = this
    switch (dice.below(10)) {
      case 0:
        return undefined
      case 1:
        return null
      case 2:
        return dice.chance(0.5)
      case 3:
        return dice.pick(bigints)
      case 4:
      case 5:
        return dice.pick(numbers)
      case 6:
        return Math.floor((dice.next() - 0.5) * 1e12)
      default:
        return word(dice)
    }
  }

  #keep<T extends object>(object: T): T {
    this.#made.push(object)
    return object
  }

  #object(depth: number): unknown {
    const { dice } = this
    switch (dice.below(14)) {
      case 0:
      case 1:
      case 2:
        return this.#plain(depth, Object.prototype)
      case 3:
        return this.#plain(depth, null)
      case 4:
      case 5:
        return this.#list(depth)
      case 6:
        return this.#map(depth)
      case 7:
        return this.#set(depth)
      case 8:
        return this.#keep(new Date(dice.pick(times)))
      case 9:
        return this.#keep(binary(dice, someBytes(dice)) as object)
      case 10:
        return this.#error(depth)
      case 11:
        return this.#keep(
          at(new RegExp(dice.pick(['a', '', '\\/', '\n', '(?<x>é)']), dice.pick(['', 'g', 'dgimsuy'])), dice.below(3)),
        )
      case 12:
        return this.#keep(dice.chance(0.5) ? new URL(dice.pick(urls)) : new URLSearchParams(word(dice)))
      default:
        return this.#instance(depth)
    }
  }

  #plain(depth: number, prototype: object | null): object {
    const object = this.#keep(Object.create(prototype) as object)
    for (let left = this.dice.below(5); left > 0; left--)
      define(object, this.dice.chance(0.8) ? this.dice.pick(names) : word(this.dice), this.value(depth))
    return object
  }

  /** Dense, with holes, or with properties of its own, as the match of a RegExp has. */
  #list(depth: number): object {
    const { dice } = this
    const list: unknown[] = this.#keep([])
    const form = dice.below(6)
    if (form === 0) list.length = dice.below(3)
    for (let left = dice.below(5); left > 0; left--) list.push(this.value(depth))
    if (form === 1 && list.length > 0) delete list[dice.below(list.length)]
    if (form === 2) list.length += dice.below(3)
    if (form === 3) define(list, dice.pick(listNames), this.value(depth))
    if (form === 4 && dice.chance(0.02)) list[dice.pick([100, 70_000, 999_999])] = this.value(depth)
    return list
  }

  #map(depth: number): object {
    const map = this.#keep(new Map<unknown, unknown>())
    for (let left = this.dice.below(4); left > 0; left--) map.set(this.value(depth), this.value(depth))
    return map
  }

  #set(depth: number): object {
    const set = this.#keep(new Set<unknown>())
    for (let left = this.dice.below(4); left > 0; left--) set.add(this.value(depth))
    return set
  }

  #error(depth: number): object {
    const { dice } = this
    const message = word(dice)
    const options = dice.chance(0.4) ? { cause: this.value(depth) } : undefined
    const error = dice.chance(0.15)
      ? new AggregateError([this.value(depth)], message, options)
      : new (dice.pick(errors))(message, options)
    if (dice.chance(0.3)) define(error, dice.pick(['code', 'name', 'message', 'errno']), this.value(depth))
    if (dice.chance(0.1)) Reflect.deleteProperty(error, 'stack')
    return this.#keep(error)
  }

  /** What stands inside an instance is not shared with what holds it: that is refused, and documented. */
  #instance(depth: number): object {
    if (this.dice.chance(0.3)) return this.#keep(new Code(word(this.dice)))
    this.#instances++
    const money = new Money(this.value(depth))
    this.#instances--
    return this.#keep(money)
  }
}

const listNames = ['index', 'groups', '__proto__', '01', '-1', '1.5', '', '4294967295', 'a', '00000000']
