import type { Dice } from './dice.js'
import { define } from './key-parts.js'
import { Money } from './graphs.js'

class Stranger {}
class Cents extends Money {}
class Bag extends Map<unknown, unknown> {}
class NotFound extends Error {}

const hide = (object: object, key: PropertyKey, value: unknown): unknown =>
  Object.defineProperty(object, key, { value, enumerable: false, writable: true, configurable: true })
const re = (lastIndex: unknown): unknown => Object.assign(/a/g, { lastIndex })
const as = (value: object, prototype: object | null): unknown => Object.setPrototypeOf(value, prototype) as unknown
const args = (...given: unknown[]): unknown =>
  (function (..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: an object of this kind is what is wanted
    return arguments
  })(...given)

/** Values that look like what a codec keeps and are not quite: each comes back as it was, or is refused. */
const traps: readonly ((inner: unknown) => unknown)[] = [
  () => () => 1,
  () => Symbol('x'),
  () => Promise.resolve(),
  () => new Stranger(),
  (inner) => new Cents(inner),
  () => new Bag(),
  () => new NotFound('x'),
  () => new WeakMap(),
  () => Object('x'),
  () => Object(1),
  () => Object(1n),
  (inner) => ({ [Symbol('x')]: inner }),
  (inner) => ({
    get a() {
      return inner
    },
  }),
  (inner) => hide({}, 'a', inner),
  (inner) => hide([1], 'x', inner),
  (inner) => hide([1], 0, inner),
  (inner) => hide(new Map(), 'x', inner),
  (inner) => Object.assign(new Map(), { x: inner }),
  (inner) => Object.assign(new Date(0), { x: inner }),
  (inner) => Object.assign(new Uint8Array(3), { x: inner }),
  (inner) => Object.assign(Buffer.from('abc'), { x: inner }),
  (inner) => Object.assign(new DataView(new ArrayBuffer(2)), { x: inner }),
  (inner) => Object.assign(new ArrayBuffer(2), { x: inner }),
  (inner) => Object.assign(new URL('http://a/'), { x: inner }),
  (inner) => Object.assign(/a/, { x: inner }),
  () => Reflect.construct(ArrayBuffer, [2, { maxByteLength: 8 }]),
  () => re(-1),
  () => re(1.5),
  () => re(NaN),
  () => re('1'),
  (inner) => re({ inner }),
  (inner) => Object.defineProperty(new Error('x'), 'stack', { value: inner, enumerable: true }),
  (inner) => Object.defineProperty(new Error('x'), 'stack', { value: inner }),
  (inner) => Object.defineProperty(new Error('x'), 'message', { get: () => inner }),
  (inner) => hide(new Error('x'), 'secret', inner),
  (inner) => Object.assign(new Error('x'), { [Symbol('x')]: inner }),
  () => {
    const error = new Error('itself')
    return Object.assign(error, { cause: error })
  },
  () => as(new Map([[1, 2]]), null),
  () => as(new Map([[1, 2]]), Object.prototype),
  () => as(new Set([1]), Object.prototype),
  () => as(new Date(0), null),
  () => as([1], null),
  () => as([], Object.prototype),
  () => as(new Uint8Array(2), null),
  () => as(/a/, null),
  () => as(new Error('x'), Object.prototype),
  () => as(new TypeError('x'), RangeError.prototype),
  () => as({}, Map.prototype),
  () => as({}, Array.prototype),
  () => as([1], Map.prototype),
  () => as(new Set([1]), Map.prototype),
  () => as(new Uint8Array(4), Uint16Array.prototype),
  () => as(new Uint8Array(4), Buffer.prototype),
  (inner) => args(1, inner),
  (inner) => new Proxy({ inner }, {}),
  (inner) => new Proxy([inner], {}),
  (inner) => new Proxy(new Map([[inner, 1]]), {}),
  () =>
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no')
        },
      },
    ),
  (inner) => Object.create({ inherited: inner }),
  (inner) => Object.create(Object.create(null), { a: { value: inner, enumerable: true } }),
  () => Math,
  () => new Int8Array(new SharedArrayBuffer(4)),
  () => Object.assign([], { 4000000000: 1 }),
  (inner) => Object.freeze({ inner, list: Object.freeze([inner]) }),
  (inner) => ({ toJSON: () => inner }),
  () => new Intl.NumberFormat('en'),
  () => (function* () {})(),
]

/** One of them, somewhere in a value. */
export function trapIn(dice: Dice, value: unknown): unknown {
  const trap = dice.pick(traps)(dice.chance(0.5) ? value : 1)
  switch (dice.below(6)) {
    case 0:
      return [value, trap]
    case 1: {
      const object = { value }
      define(object, dice.pick(['x', '0', '__proto__']), trap)
      return object
    }
    case 2:
      return new Map([[trap, value]])
    case 3:
      return new Error('holds', { cause: trap })
    case 4:
      return new Money(trap)
    default:
      return trap
  }
}
