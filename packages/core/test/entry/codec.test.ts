import { runInNewContext } from 'node:vm'
import { inspect, isDeepStrictEqual } from 'node:util'
import { Codecs } from '#core/entry/codec.js'
import { CacheConfigError, CacheValueError } from '#core/kernel/errors.js'
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

class Money {
  constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {}
}
class Euro extends Money {}
class Node {
  next?: unknown
}

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
    ['holes', [1, , undefined, ,]], // biome-ignore lint: holes
    ['a long list with holes', Object.assign(Array(900_000), { 899_999: 1 })],
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

describe('codec of classes', () => {
  const money = {
    name: 'Money',
    encode: (m: Money) => [m.amount, m.currency],
    decode: ([a, c]: [bigint, string]) => new Money(a, c),
  }

  it('K27 keeps instances of registered classes, wherever they stand', () => {
    const by = new Codecs().register(Money, money)
    const price = new Money(5n, 'EUR')
    const copy = again({ list: [price, price], map: new Map([[price, 1]]) }, by)
    expect(copy.list[0]).to.be.instanceOf(Money).and.deep.equal(price)
    expect(copy.list[0]).to.equal(copy.list[1])
    expect(copy.map.get(copy.list[0]!)).to.equal(1)
  })

  it('K27 keeps instances inside the content of instances', () => {
    const by = new Codecs()
      .register(Money, money)
      .register(Node, {
        name: 'Node',
        encode: (n) => ({ next: n.next }),
        decode: (c: { next: unknown }) => Object.assign(new Node(), c),
      })
    const outer = Object.assign(new Node(), { next: Object.assign(new Node(), { next: new Money(1n, 'X') }) })
    expect(isDeepStrictEqual(again(outer, by), outer)).to.equal(true)
  })

  it('K27 refuses a cycle through an instance, whichever part is met first', () => {
    const by = new Codecs().register(Node, {
      name: 'Node',
      encode: (n) => ({ next: n.next }),
      decode: (c: object) => Object.assign(new Node(), c),
    })
    const node = new Node()
    const holder = { node }
    node.next = holder
    expect(() => by.encode(node)).to.throw(CacheValueError, 'leads back to itself')
    expect(() => by.encode(holder)).to.throw(CacheValueError, 'value.node<content>.next leads back to itself')
  })

  it('K27 refuses other classes, subclasses included, and names the part and the class', () => {
    const by = new Codecs().register(Money, money)
    expect(() => by.encode({ a: [new Euro(1n, 'E')] }))
      .to.throw(CacheValueError, 'value.a[0] is an instance of Euro, which cannot be stored: register')
      .with.property('path', 'value.a[0]')
  })

  it('says what failed when a codec throws, on either side', () => {
    const cause = new Error('broken')
    const by = new Codecs().register(Money, {
      name: 'Money',
      encode: () => {
        throw cause
      },
      decode: () => {
        throw cause
      },
    })
    expect(() => by.encode(new Money(1n, 'E')))
      .to.throw(CacheValueError, 'codec failed')
      .with.property('cause', cause)
    expect(() => by.decode('t[[1],["C","Money",1]]'))
      .to.throw(CacheValueError, 'broken')
      .with.property('cause', cause)
  })

  it('refuses a registration that is wrong or taken', () => {
    const by = new Codecs().register(Money, money)
    expect(() => by.register(Money, { ...money, name: 'Other' })).to.throw(CacheConfigError, 'registered already')
    expect(() => by.register(Euro, money)).to.throw(CacheConfigError, "the name 'Money' is another class's")
    expect(() => by.register(Node, { ...money, name: '' } as never)).to.throw(CacheConfigError, 'give a name')
    expect(() => by.register(Node, { name: 'Node' } as never)).to.throw(CacheConfigError, 'both encode and decode')
    expect(() => by.register({} as never, money)).to.throw(CacheConfigError, 'give a class')
    for (const cls of [Date, Object, Map, Uint8Array, TypeError, Buffer, URL]) {
      expect(() => by.register(cls as never, money), cls.name).to.throw(CacheConfigError, 'built-in')
    }
  })
})

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
      new (class TypeError extends Error {})(),
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
    ['a list that says a huge length', Object.assign([], { length: 4e9 }), /longer than 1000000/],
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

describe('codec reads hostile text', () => {
  const bad = [
    '',
    'x',
    'j',
    'j{',
    'jundefined',
    'j[1',
    't',
    't[]',
    't{}',
    'tnull',
    't5',
    't[{}]',
    't[[]]',
    't[[1]]',
    't[[0]]',
    't[[-1]]',
    't[[1.5],["o"]]',
    't[["1"],["o"]]',
    't[[1,2],["o"]]',
    't[["u",1]]',
    't[["z"]]',
    't[["n","5"]]',
    't[["n"]]',
    't[["b",5]]',
    't[["b",""]]',
    't[["b","0x1"]]',
    't[["b","zz"]]',
    't[[1],5]',
    't[[1],[]]',
    't[[1],["?"]]',
    't[[1],["o","a"]]',
    't[[1],["o",5,5]]',
    't[[1],["o","a",{"b":1}]]',
    't[[1],["o","a",[2]]]',
    't[[1],["a",[]]]',
    't[[1],["h"]]',
    't[[1],["h",-1]]',
    't[[1],["h",4294967295]]',
    't[[1],["h",2,5,1]]',
    't[[1],["h",2,"length",9]]',
    't[[1],["h",2,"1",9]]',
    't[[1],["h",2,1]]',
    't[[1],["D","x"]]',
    't[[1],["D",9e15]]',
    't[[1],["D"]]',
    't[[1],["M",1]]',
    't[[1],["R","(","",0]]',
    't[[1],["R","a","zz",0]]',
    't[[1],["R","a","",-1]]',
    't[[1],["R","a",""]]',
    't[[1],["U","nowhere"]]',
    't[[1],["U"]]',
    't[[1],["Q"]]',
    't[[1],["B","Buffer",5]]',
    't[[1],["B","Buffer","%%%%"]]',
    't[[1],["B","Float64Array","AAAA"]]',
    't[[1],["B","Function","AAAA"]]',
    't[[1],["B","constructor","AAAA"]]',
    't[[1],["B","Uint8Array",1e9]]',
    't[[1],["E","Function"]]',
    't[[1],["E"]]',
    't[[1],["E","Error","message"]]',
    't[[1],["E","Error",1,1,1]]',
    't[[1],["C","Nobody",1]]',
    't[[1],["C","__proto__",1]]',
    't[[1],["C"]]',
  ]
  for (const text of bad) {
    it(`K18 K20 refuses ${text || 'nothing'}`, () =>
      void expect(() => codecs.decode(text)).to.throw(CacheValueError, 'cannot be read'))
  }

  it('K18 gives __proto__ as a property and changes no prototype', () => {
    const texts = [
      'j{"__proto__":{"bad":1}}',
      't[[1],["o","__proto__",[2]],["o","bad",1]]',
      't[[1],["0","__proto__",[2]],["o","bad",1]]',
      't[[1],["h",1,"__proto__",[2]],["o","bad",1]]',
      't[[1],["E","Error","__proto__",[2],true],["o","bad",1]]',
    ]
    for (const text of texts) {
      const value = codecs.decode(text) as Record<string, unknown>
      expect(Object.hasOwn(value, '__proto__'), text).to.equal(true)
      expect(value.bad, text).to.equal(undefined)
    }
    expect(({} as Record<string, unknown>).bad).to.equal(undefined)
  })

  it('K20 refuses depth, in both forms', () => {
    const deep = (n: number) => `j${'['.repeat(n)}${']'.repeat(n)}`
    expect(codecs.decode(deep(1_001))).to.be.an('array')
    expect(() => codecs.decode(deep(1_002))).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(deep(1_000_000))).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(`j${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`)).to.throw(
      CacheValueError,
      'nested deeper',
    )
    const chain = Array.from({ length: 100_000 }, (_, i) => `["a",[${i + 2}]]`).join(',')
    expect(() => codecs.decode(`t[[1],${chain},["a"]]`)).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(`t${'['.repeat(1_000_000)}`)).to.throw(CacheValueError)
  })

  it('K20 does not count brackets in strings', () => {
    const value = { a: '['.repeat(5_000), b: `\\"${'{'.repeat(5_000)}`, c: '\\' }
    expect(again(value)).to.deep.equal(value)
  })

  it('K20 refuses an instance that stands inside itself', () => {
    const by = new Codecs().register(Node, { name: 'Node', encode: () => 1, decode: () => new Node() })
    expect(() => by.decode('t[[1],["C","Node",[1]]]')).to.throw(CacheValueError, 'inside itself')
    expect(() => by.decode('t[[1],["C","Node",[2]],["a",[1]]]')).to.throw(CacheValueError, 'inside itself')
  })

  it('K20 takes no room that the text does not have', () => {
    const before = process.memoryUsage().heapUsed
    const text = `t[${JSON.stringify([1])},["a",${Array.from({ length: 50 }, (_, i) => `[${i + 2}]`).join(',')}],${Array.from({ length: 50 }, () => '["h",1000000]').join(',')}]`
    const lists = codecs.decode(text) as unknown[][]
    expect(lists[49]).to.have.length(1_000_000)
    expect(process.memoryUsage().heapUsed - before).to.be.below(20 * 1024 * 1024)
  })

  it('K18 K20 answers any text with a value or a CacheValueError', () => {
    const slot: fc.Arbitrary<unknown> = fc.oneof(
      fc.nat(5).map((n) => [n]),
      fc.constantFrom(
        ['u'],
        ['n', 'NaN'],
        ['b', 'ff'],
        ['n', 'x'],
        {},
        [],
        'length',
        '__proto__',
        'Error',
        'Uint8Array',
        'AAAA',
      ),
      fc.jsonValue(),
    )
    const node = fc
      .tuple(
        fc.constantFrom('o', '0', 'a', 'h', 'D', 'M', 'S', 'R', 'U', 'Q', 'B', 'E', 'C', 'x'),
        fc.array(slot, { maxLength: 5 }),
      )
      .map(([tag, rest]) => [tag, ...rest])
    const table = fc
      .tuple(slot, fc.array(node, { maxLength: 5 }))
      .map(([root, nodes]) => `t${JSON.stringify([root, ...nodes])}`)
    fc.assert(
      fc.property(
        fc.oneof(
          table,
          fc.string(),
          fc.string().map((s) => `j${s}`),
        ),
        (text) => {
          try {
            codecs.decode(text)
          } catch (error) {
            expect(error).to.be.instanceOf(CacheValueError)
          }
        },
      ),
      { numRuns: 5_000 },
    )
    expect(Object.keys(Object.prototype)).to.deep.equal([])
  })
})
