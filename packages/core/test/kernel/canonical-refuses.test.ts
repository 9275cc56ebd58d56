import { canonical } from '#core/kernel/canonical.js'
import { CacheKeyError } from '#core/kernel/errors.js'
import { expect } from 'chai'

const text = (value: unknown) => canonical(value, 'argument 2')

class Socket {}
const holed = (length: number, items: Record<number, unknown>) => Object.assign(Array(length), items) as unknown[]
const called = <C extends object>(name: string, cls: C): C => Object.defineProperty(cls, 'name', { value: name })

describe('canonical refuses', () => {
  const cycle: Record<string, unknown> = { a: 1 }
  cycle.self = { back: cycle }
  const cases: [string, unknown, RegExp][] = [
    ['a function', () => 1, /argument 2 is a function/],
    ['a symbol', Symbol('x'), /is a symbol/],
    ['a promise', [Promise.resolve()], /argument 2 \[0\] is a promise/],
    ['a class instance', { user: { socket: new Socket() } }, /argument 2 \.user\.socket is an instance of Socket/],
    ['an instance in a Map', new Map([['k', new Socket()]]), /argument 2 <value of k> is an instance of Socket/],
    ['an instance in a Set', new Set([new Socket()]), /<item> is an instance of Socket/],
    ['an error', new Error('x'), /an instance of Error|is an? Error/],
    ['a weak map', new WeakMap(), /an instance of WeakMap/],
    ['a boxed primitive', [Object('x')], /an instance of String/],
    ['a subclass of Map', new (class Bag extends Map {})(), /an instance of Bag/],
    ['a subclass that bears a built-in name', new (called('Map', class extends Map {}))(), /an instance of Map/],
    ['an object that only inherits from Date', Object.create(Date.prototype), /an instance of Date/],
    ['a Date with a property', Object.assign(new Date(), { zone: 'x' }), /properties of its own/],
    ['a list with a property', Object.assign([1], { extra: 1 }), /\.extra is a property of a list/],
    [
      'a list with a property and a hole',
      Object.assign(holed(2, { 0: 1 }), { extra: 1 }),
      /\.extra is a property of a list/,
    ],
    ['a symbol key', { [Symbol('x')]: 1 }, /symbol as a key/],
    [
      'an accessor',
      {
        get a() {
          return 1
        },
      },
      /\.a is an accessor/,
    ],
    ['a setter', { set a(_: unknown) {} }, /\.a is an accessor/],
    ['a cycle', cycle, /\.self\.back\.self.* nested deeper than 100 levels, or refers to itself/],
    [
      'a toCacheKey() that answers itself',
      {
        toCacheKey() {
          return this
        },
      },
      /nested deeper/,
    ],
    [
      'a toCacheKey() that throws',
      {
        toCacheKey() {
          throw new Error('no')
        },
      },
      /toCacheKey\(\) that failed/,
    ],
    [
      'a nameless class',
      new (class {
        toCacheKey() {
          return 1
        }
      })(),
      /its class has no name/,
    ],
  ]
  for (const [name, value, message] of cases) {
    it(`K5 K6 ${name}, naming the part and the way out`, () => {
      expect(() => text(value))
        .to.throw(CacheKeyError, message)
        .with.property('message')
        .that.includes('write a key option')
    })
  }

  it('K6 101 levels, and takes 100', () => {
    const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1)
    expect(text(nested(101))).to.be.a('string')
    expect(() => text(nested(102))).to.throw(CacheKeyError, 'nested deeper')
    expect(() => text(nested(100_000))).to.throw(CacheKeyError, 'nested deeper')
  })

  it('K6 parts that double at each level, before they fill the memory', () => {
    let value: unknown = [1, 2]
    for (let i = 0; i < 90; i++) value = [value, value]
    expect(() => text(value)).to.throw(CacheKeyError, 'Mi characters')
  }).timeout(20_000)
})
