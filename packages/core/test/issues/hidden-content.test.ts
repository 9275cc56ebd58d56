import { Codecs } from '#core/entry/codec.js'
import { canonical } from '#core/kernel/canonical.js'
import { CacheKeyError, CacheValueError } from '#core/kernel/errors.js'
import { expect } from 'chai'
import { runInNewContext } from 'node:vm'

const codecs = new Codecs()
const again = <T>(value: T): T => codecs.decode(codecs.encode(value)) as T
const as = (value: object, prototype: object | null): unknown => Object.setPrototypeOf(value, prototype) as unknown
const re = (lastIndex: unknown): unknown => Object.assign(/a/g, { lastIndex })

describe('what an object holds besides what it shows', () => {
  const both: [string, () => unknown][] = [
    ['a typed array with a property', () => Object.assign(new Uint8Array(3), { unit: 'cm' })],
    ['a long one with a property', () => Object.assign(new Float64Array(100_000).fill(NaN), { unit: 'cm' })],
    ['a Buffer with a property', () => Object.assign(Buffer.from('abc'), { path: 'x' })],
    ['a DataView with a property', () => Object.assign(new DataView(new ArrayBuffer(2)), { x: 1 })],
    ['a Map that lost its prototype', () => as(new Map([[1, 2]]), null)],
    ['a Map in the guise of an object', () => as(new Map([[1, 2]]), Object.prototype)],
    ['a Date that lost its prototype', () => as(new Date(0), null)],
    ['a list that lost its prototype', () => as([1], null)],
    ['a list in the guise of an object', () => as([1], Object.prototype)],
    ['a typed array in the guise of an object', () => as(new Uint8Array(2), Object.prototype)],
    ['a promise in the guise of an object', () => as(Promise.resolve(), Object.prototype)],
    ['a boxed number in the guise of an object', () => as(Object(1) as object, Object.prototype)],
    ['a RegExp whose lastIndex is negative', () => re(-1)],
    ['a RegExp whose lastIndex is a text', () => re('1')],
    ['a RegExp whose lastIndex is a symbol', () => re(Symbol('x'))],
  ]
  for (const [name, value] of both) {
    it(`K5 ${name} has no key`, () => void expect(() => canonical(value(), 'key')).to.throw(CacheKeyError))
    it(`K27 ${name} is not stored`, () => {
      expect(() => codecs.encode(value())).to.throw(CacheValueError)
      expect(() => codecs.encode({ a: [value()] })).to.throw(CacheValueError)
    })
  }

  it('K27 a resizable ArrayBuffer would come back with a fixed size', () => {
    expect(() => codecs.encode(Reflect.construct(ArrayBuffer, [2, { maxByteLength: 8 }]))).to.throw(CacheValueError)
  })

  it('K26 an error keeps a stack that shows', () => {
    const error = Object.defineProperty(new Error('x'), 'stack', { value: 'here', enumerable: true, writable: true })
    expect(Object.keys(again(error))).to.deep.equal(['stack'])
    expect(again(error).stack).to.equal('here')
  })

  it('K26 a list keeps properties that look like indexes', () => {
    for (const name of ['01', '007', '00000000', '4294967295', '-1', '1.5', '']) {
      const list = Object.assign([1, 2, 3, 4, 5, 6, 7, 8], { [name]: 'x' })
      const copy = again(list)
      expect(Reflect.ownKeys(copy), name).to.deep.equal(Reflect.ownKeys(list))
      expect(Object.entries(copy), name).to.deep.equal(Object.entries(list))
    }
  })

  it('takes views as they are, long ones and those of another realm too', () => {
    const floats = new Float64Array(100_000).fill(NaN)
    const foreign: unknown = runInNewContext('new Uint16Array([1, 2])')
    for (const value of [
      floats,
      floats.subarray(3, 9),
      Buffer.from('abc').subarray(1),
      new BigInt64Array(2),
      foreign,
    ]) {
      expect(canonical(value, 'key')).to.be.a('string')
      expect(codecs.encode(value)).to.be.a('string')
    }
  })
})
