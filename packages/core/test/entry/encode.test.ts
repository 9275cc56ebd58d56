import { Codecs } from '#core/entry/codec.js'
import { CacheValueError } from '#core/kernel/errors.js'
import { expect } from 'chai'

const codecs = new Codecs()
const called = <C extends object>(name: string, cls: C): C => Object.defineProperty(cls, 'name', { value: name })

class Node {
  next?: unknown
}

describe('codec refuses', () => {
  const cases: [string, unknown, RegExp][] = [
    ['a function', { f: () => 1 }, /^value\.f is a function/],
    ['a symbol', [Symbol('x')], /^value\[0\] is a symbol/],
    ['a promise', { p: Promise.resolve() }, /^value\.p is a promise/],
    ['a class instance', { user: { socket: new Node() } }, /^value\.user\.socket is an instance of Node/],
    ['an instance in a Map', new Map([['k', new Node()]]), /^value<value of k> is an instance of Node/],
    ['an instance in an error', new Error('x', { cause: new Node() }), /^value\.cause is an instance of Node/],
    ['a weak map', new WeakMap(), /^value is an instance of WeakMap/],
    ['a boxed primitive', [Object(1)], /^value\[0\] is an instance of Number/],
    ['a subclass of a built-in', new (class Bag extends Set {})(), /^value is an instance of Bag/],
    ['an error of a class of its own', new (class NotFound extends Error {})(), /^value is an instance of NotFound/],
    [
      'an error class that bears a built-in name',
      new (called('TypeError', class extends Error {}))(),
      /^value is an instance of TypeError/,
    ],
    [
      'an accessor',
      {
        get a() {
          return 1
        },
      },
      /^value\.a is an accessor/,
    ],
    [
      'an accessor in a list',
      Object.defineProperty([1], 0, { get: () => 1, enumerable: true }),
      /^value\[0\] is an accessor/,
    ],
    ['a symbol key', { [Symbol('x')]: 1 }, /symbol as a key/],
    ['a hidden property', Object.defineProperty({}, 'a', { value: 1 }), /^value\.a is not enumerable/],
    ['a Map with properties', Object.assign(new Map(), { a: 1 }), /properties of its own/],
    ['an object with toJSON', { toJSON: () => 1 }, /^value\.toJSON is a function/],
    ['a list that says a huge length', Object.assign([], { length: 4e9 }), /longer than 100000/],
    [
      'a Proxy that throws',
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no')
          },
        },
      ),
      /could not be read/,
    ],
  ]
  for (const [name, value, message] of cases) {
    it(`K27 ${name}, naming the part`, () => {
      expect(() => codecs.encode(value))
        .to.throw(CacheValueError, message)
        .with.property('path')
        .that.matches(/^value/)
    })
  }
})
