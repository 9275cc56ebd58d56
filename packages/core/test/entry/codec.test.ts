import { runInNewContext } from 'node:vm'
import { inspect, isDeepStrictEqual } from 'node:util'
import { Codecs } from '#core/entry/codec.js'
import { CacheValueError } from '#core/kernel/errors.js'
import { expect } from 'chai'
import fc from 'fast-check'

const codecs = new Codecs()
const again = <T>(value: T, by = codecs): T => by.decode(by.encode(value)) as T
const keeps = (value: unknown, letter?: string) => {
  if (letter !== undefined) expect(codecs.encode(value)[0]).to.equal(letter)
  const copy = again(value)
  expect(isDeepStrictEqual(copy, value), codecs.encode(value)).to.equal(true)
  return copy
}
const own = (json: string): unknown => JSON.parse(json)

/** Node 20 calls two invalid Dates different. */
const comparable = (value: unknown) => !inspect(value, { depth: 99 }).includes('Invalid Date')

describe('codec', () => {
  for (const value of [
    null,
    true,
    'x',
    '',
    '\ud800 \0',
    0,
    1.5,
    -1e300,
    [],
    {},
    [1, [2, { a: null }]],
    { b: 1, a: 2, 1: 3 },
    own('{"__proto__":{"x":1}}'),
  ]) {
    it(`keeps ${JSON.stringify(value)} as plain JSON`, () => void keeps(value, 'j'))
  }

  const typed: [string, unknown][] = [
    ['undefined', undefined],
    ['NaN', NaN],
    ['-0', -0],
    ['Infinity', [Infinity, -Infinity]],
    ['bigint', [10n, -255n, 0n, 2n ** 200n]],
    ['undefined in an object', { a: undefined }],
    ['Date', new Date(5)],
    ['holes', Object.assign(Array(4), { 0: 1, 2: undefined })],
    ['a long list with holes', Object.assign(Array(90_000), { 89999: 1 })],
    ['a RegExp match', /(?<x>a)b/d.exec('zab')],
    [
      'Map',
      new Map<unknown, unknown>([
        [1, 'a'],
        ['1', { b: undefined }],
        [{ k: 1 }, NaN],
      ]),
    ],
    ['Set', new Set([1, '1', [2], -0])],
    ['RegExp', /a\/b\n/giu],
    ['URL', new URL('https://u:p@a.b/c?d=[1]#e')],
    ['URLSearchParams', new URLSearchParams('a=1&a=%20')],
    ['Buffer', Buffer.from([0, 255, 7])],
    ['ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['DataView', new DataView(new Uint8Array([1, 2]).buffer, 1)],
    [
      'typed arrays',
      [
        new Uint8Array([1]),
        new Int16Array([-1]),
        new Float64Array([NaN, -0]),
        new BigUint64Array([1n]),
        new Uint8ClampedArray(2),
        new Float32Array(0),
      ],
    ],
    ['null prototype', Object.assign(Object.create(null), { a: 1, __proto__: 2 })],
    ['own __proto__', { u: undefined, p: own('{"__proto__":{"x":1}}') }],
    ['constructor and toJSON as data', { u: undefined, constructor: 1, toJSON: 2, hasOwnProperty: 3 }],
  ]
  for (const [name, value] of typed) {
    it(`K26 K27 keeps ${name}`, () => {
      keeps(value)
      keeps({ inside: [value] })
      expect(Object.getPrototypeOf(Object(again(value)))).to.equal(Object.getPrototypeOf(Object(value)))
    })
  }

  it('K26 keeps an invalid Date a Date', () => {
    expect(again({ at: new Date(NaN) }).at)
      .to.be.instanceOf(Date)
      .and.satisfy((at: Date) => Number.isNaN(at.getTime()))
  })

  it('K26 keeps the lastIndex of a RegExp', () => {
    const regExp = /a/g
    regExp.lastIndex = 3
    expect(again(regExp)).to.have.property('lastIndex', 3)
  })

  it('K26 keeps a Buffer a Buffer, and no more of its pool than its own bytes', () => {
    const text = codecs.encode(Buffer.from('hi'))
    expect(text.length).to.be.below(40)
    expect(Buffer.isBuffer(codecs.decode(text))).to.equal(true)
    expect(Buffer.isBuffer(again(new Uint8Array(2)))).to.equal(false)
  })

  it('K26 keeps built-in errors with message, stack, cause and own properties', () => {
    const cause = new RangeError('low')
    const error = Object.assign(new TypeError('high', { cause }), { code: 'E_X', at: new Date(1), name: 'Renamed' })
    const copy = again(error)
    expect(copy).to.be.instanceOf(TypeError)
    expect(copy.message).to.equal('high')
    expect(copy.stack).to.equal(error.stack)
    expect(copy.cause).to.be.instanceOf(RangeError).with.property('message', 'low')
    expect(copy.at).to.deep.equal(new Date(1))
    expect(Object.keys(copy)).to.deep.equal(['code', 'at', 'name'])
    expect(Object.hasOwn(again(new Error()), 'message')).to.equal(false)
    const all = again(new AggregateError([cause, 5], 'all'))
    expect(all).to.be.instanceOf(AggregateError)
    expect(all.errors[0]).to.be.instanceOf(RangeError)
    expect(Object.keys(all)).to.deep.equal([])
  })

  it('K26 keeps the errors that Node throws', () => {
    try {
      new URL('nowhere')
    } catch (error) {
      expect(again(error)).to.be.instanceOf(TypeError).with.property('code', 'ERR_INVALID_URL')
    }
  })

  it('K26 keeps cycles and shared parts', () => {
    const shared = { x: 1 }
    const value: Record<string, unknown> = { a: shared, b: shared, map: new Map(), set: new Set(), list: [] }
    value.self = value
    ;(value.map as Map<unknown, unknown>).set(value, value)
    ;(value.set as Set<unknown>).add(value.map)
    ;(value.list as unknown[]).push(value.list)
    const copy = again(value)
    expect(copy.self).to.equal(copy)
    expect(copy.a).to.equal(copy.b)
    expect((copy.map as Map<unknown, unknown>).get(copy)).to.equal(copy)
    expect((copy.set as Set<unknown>).has(copy.map)).to.equal(true)
    expect((copy.list as unknown[])[0]).to.equal(copy.list)
  })

  it('K26 keeps sharing and cycles among parts that JSON would copy', () => {
    const shared = [1]
    const copy = again({ a: shared, b: shared })
    expect(copy.a).to.equal(copy.b)
    const list: unknown[] = []
    list.push(list)
    expect((again(list) as unknown[])[0]).to.satisfy((item: unknown[]) => item[0] === item)
  })

  it('K26 round-trips any data, types included', () => {
    const anything = fc
      .anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
        withNullPrototype: true,
        key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length')),
      })
      .filter(comparable)
    fc.assert(
      fc.property(anything, (value) => isDeepStrictEqual(again(value), value)),
      { numRuns: 3_000 },
    )
  })

  it('K26 writes plain JSON only where JSON keeps the value', () => {
    fc.assert(
      fc.property(fc.anything().filter(comparable), (value) => {
        const text = codecs.encode(value)
        return text[0] !== 'j' || isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
      }),
      { numRuns: 2_000 },
    )
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
    fc.assert(fc.property(json, (value) => codecs.encode(value)[0] === 'j'))
  })

  it('knows the built-ins of another realm', () => {
    const value: unknown = runInNewContext(
      '({ a: [undefined], d: new Date(0), m: new Map([[1, 2]]), e: new TypeError("x") })',
    )
    const copy = again(value) as Record<string, unknown>
    expect(copy.a).to.deep.equal([undefined])
    expect(copy.d).to.be.instanceOf(Date)
    expect(copy.m).to.be.instanceOf(Map)
    expect(copy.e).to.be.instanceOf(TypeError)
  })

  it('keeps 1,000 levels and refuses more without overflowing the stack', () => {
    const nested = (levels: number, inner: unknown) =>
      Array.from({ length: levels }).reduce<unknown>((value) => [value], inner)
    keeps(nested(1_001, 1), 'j')
    keeps(nested(1_000, [undefined]), 't')
    for (const inner of [1, undefined]) {
      expect(() => codecs.encode(nested(1_002, inner))).to.throw(CacheValueError, 'nested deeper than 1000 levels')
      expect(() => codecs.encode(nested(200_000, inner))).to.throw(CacheValueError, 'nested deeper')
    }
  })
})
