import type { Dice } from './dice.js'
import { atom, part, Point } from './key-parts.js'

/** A value that has no key, somewhere in a list. */
export function withRefused(dice: Dice, list: readonly unknown[]): unknown[] {
  const bad = dice.pick(refused)()
  const place = dice.pick<(value: unknown) => unknown>([
    (value) => value,
    (value) => [1, value],
    (value) => ({ a: { b: value } }),
    (value) => new Map([[value, 1]]),
    (value) => new Map([['k', value]]),
    (value) => new Set([[value]]),
    (value) => new Point(value, 1),
  ])
  return [...list, place(bad), ...(dice.chance(0.3) ? [atom(dice), part(dice, 1)] : [])]
}

class Socket {}
class Bag extends Map<unknown, unknown> {}
const cycle = () => {
  const a: unknown[] = []
  a.push({ a })
  return a
}
const deep = () => Array.from({ length: 110 }).reduce<unknown>((inner) => [inner], 1)

/** All that the documents say has no key. */
const refused: readonly (() => unknown)[] = [
  () => () => 1,
  () => Symbol('x'),
  () => Promise.resolve(),
  () => new Socket(),
  () => new Bag(),
  () => new Error('x'),
  () => new WeakMap(),
  () => Object('x'),
  () => Object(1),
  () => Object.create(Date.prototype),
  () => Object.assign(new Date(0), { zone: 'x' }),
  () => Object.assign(new Map(), { zone: 'x' }),
  () => Object.assign([1], { extra: 1 }),
  () => Object.assign([1], { '01': 1 }),
  () => Object.assign(new Uint8Array(2), { extra: 1 }),
  () => ({ [Symbol('x')]: 1 }),
  () => ({
    get a() {
      return 1
    },
  }),
  () => new Proxy(new Map(), {}),
  () => Object.setPrototypeOf(new Map([[1, 2]]), null) as unknown,
  () => Object.setPrototypeOf(new Date(0), Object.prototype) as unknown,
  () => Object.setPrototypeOf([1], null) as unknown,
  cycle,
  deep,
]
