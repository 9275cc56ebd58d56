import { Cacheable, CacheConfigError, CacheKeyError, createCacheManager } from '@cachesmith/core'
import { expect } from 'chai'
import { rejection } from '../decorators/kit.js'
import { inWorlds, never, type Process } from './worlds.js'

class Plain {
  constructor(readonly x: number) {}
}
/** How many of these argument lists are entries of their own: each is called twice, all in turn. */
async function entriesOf({ caches }: Process, lists: readonly (readonly unknown[])[]): Promise<number> {
  class Echo {
    loads = 0
    @Cacheable({ cache: 'users' }) async of(...args: unknown[]): Promise<string> {
      return `${this.loads++} ${args.length}`
    }
  }
  const echo = caches.bind(new Echo())
  const first: string[] = []
  for (const args of lists) first.push(await echo.of(...args))
  for (const [place, args] of lists.entries()) expect(await echo.of(...args), 'the same again').to.equal(first[place])
  return echo.loads
}

const apart = (title: string, lists: readonly (readonly unknown[])[], entries = lists.length) =>
  inWorlds(title, async ({ process }) => {
    expect(await entriesOf(process(), lists)).to.equal(entries)
  })

const date = new Date(0)
const bytes = (...list: number[]) => Uint8Array.from(list)
const odd = [
  '\ud800',
  '\udc00',
  '\ufffd',
  '\0',
  'a\0',
  'a\0b',
  '*',
  '?',
  '[a]',
  'a*',
  '%2A',
  "'*'",
  ' ',
  '',
  '\n',
  '{a}',
  '#',
  '~',
]
const texts = ['\u00e9', 'e\u0301', '\ufb01', 'fi', '\u212b', '\u00c5', 'A\u030a']

describe('scenarios: keys', () => {
  apart('K1 lists of arguments whose texts run together are apart', [
    ['a:b', 'c'],
    ['a', 'b:c'],
    ['a:b:c'],
    ['a'],
    ['a', undefined],
    ['a', ''],
    [],
    [undefined],
    [['a', 'b'], 'c'],
    [['a', 'b', 'c']],
    ["a','b"],
  ])
  apart('K2 values that print alike are apart', [
    [1],
    ['1'],
    [1n],
    [true],
    ['true'],
    [null],
    ['null'],
    [undefined],
    ['undefined'],
    [Number.NaN],
    ['NaN'],
    [Infinity],
    [-Infinity],
    [false],
    [0],
    ['0'],
    [''],
    [[]],
    [{}],
  ])
  apart('K2 -0 is 0', [[0], [-0], [[0]], [[-0]]], 2)
  apart('K3 objects that hold data are keyed by what they hold', [
    [date],
    [new Date(1)],
    [new Map([[1, 2]])],
    [new Map([[1, 3]])],
    [new Map()],
    [new Set([1])],
    [new Set([2])],
    [bytes(1)],
    [bytes(2)],
    [Uint16Array.from([1])],
    [Buffer.from([1])],
    [Buffer.from([2])],
    [new URL('http://a/')],
    [new URL('http://b/')],
    [/a/],
    [/a/g],
    [/b/],
    [{}],
    [bytes(1).buffer],
  ])
  apart(
    'K3 equal objects that hold data are one',
    [
      [new Date(5)],
      [new Date(5)],
      [new Map([[1, new Set([2])]])],
      [new Map([[1, new Set([2])]])],
      [Buffer.from('x')],
      [Buffer.from('x')],
      [/a/g],
      [/a/g],
    ],
    4,
  )
  apart(
    'K4 the order of properties does not matter, that of items and holes does',
    [
      [{ a: 1, b: { c: 1, d: 2 } }],
      [{ b: { d: 2, c: 1 }, a: 1 }],
      [[1, 2]],
      [[2, 1]],
      [[undefined]],
      [Array(1)],
      [Array(2)],
      [[]],
      [{ a: undefined }],
      [{}],
    ],
    9,
  )
  apart(
    'K7 lone surrogates, NUL and glob characters are apart',
    odd.map((text) => [text]),
  )
  apart('K8 keys of a megabyte are apart by their last character, and short in the store', [
    ['x'.repeat(1 << 20)],
    [`${'x'.repeat(1 << 20)}y`],
    [`${'x'.repeat((1 << 20) - 1)}y`],
    ['x'.repeat(200)],
    ['x'.repeat(201)],
  ])
  apart(
    'K9 composed and decomposed text are apart',
    texts.map((text) => [text]),
  )

  inWorlds(
    'K8 no stored name is longer than 250 bytes or holds what a store could stumble over',
    async ({ process, ground }) => {
      const { users } = process()
      for (const key of [...odd, ...texts, 'x'.repeat(1 << 20), '日本語'.repeat(100)]) await users.put(key, 1)
      for (const name of ground.keys())
        expect(name)
          .to.match(/^[\x21-\x7e]{1,250}$/)
          .and.not.match(/[*?[\]{}\\]/)
    },
  )

  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
  const refused = (title: string, arguments_: Record<string, unknown>) =>
    inWorlds(title, async ({ process }) => {
      const { caches } = process()
      class Service {
        @Cacheable({ cache: 'users' }) async of(_first: string, _second: unknown): Promise<number> {
          return never()
        }
      }
      for (const [name, argument] of Object.entries(arguments_)) {
        const error = await rejection(() => caches.bind(new Service()).of('a', argument))
        expect(error, name).to.be.instanceOf(CacheKeyError)
        expect(error.message, name).to.match(/Service\.of: argument 2\b/)
      }
    })
  refused('K5 cycles, depth and what is huge: a CacheKeyError that names the argument', {
    cyclic,
    deep: deep(200),
    huge: Array.from({ length: 300 }, () => 'x'.repeat(1 << 20)),
  })
  refused(
    'K6 functions, symbols, promises, streams and instances without toCacheKey: a CacheKeyError that names the argument',
    {
      function: () => 1,
      symbol: Symbol('s'),
      promise: Promise.resolve(1),
      stream: new ReadableStream(),
      instance: new Plain(1),
      weak: new WeakMap(),
      inside: { a: [new Plain(1)] },
    },
  )

  inWorlds('K6 an instance with toCacheKey is keyed by it and by its class', async ({ process }) => {
    class User {
      constructor(readonly id: number) {}
      toCacheKey() {
        return this.id
      }
    }
    class Team extends User {}
    expect(await entriesOf(process(), [[new User(1)], [new User(1)], [new User(2)], [new Team(1)], [1]])).to.equal(4)
  })

  inWorlds('K10 __proto__ and constructor are ordinary as key, tag, scope and cache', async ({ process }) => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const { users } = process()
    for (const name of names) await users.put(name, name, { tags: [name] })
    for (const name of names) {
      expect(await users.get(name)).to.equal(name)
      await users.evictTags([name])
      expect(await users.get(name)).to.equal(undefined)
    }
    const found = await users.getOrLoadMany(names, (ids: string[]) => new Map(ids.map((id) => [id, `of ${id}`])))
    expect(found).to.deep.equal(names.map((name) => `of ${name}`))
    const caches = createCacheManager({ caches: JSON.parse('{"__proto__":{},"constructor":{}}') })
    await caches.cache('__proto__').put('a', 1)
    expect(await caches.cache('constructor').get('a')).to.equal(undefined)
    expect(() => caches.cache('toString')).to.throw(CacheConfigError)
    expect(({} as Record<string, unknown>)['a']).to.equal(undefined)
  })

  inWorlds('K12 the key is that from before the call, though the method changes its argument', async ({ process }) => {
    const { caches } = process()
    class Orders {
      calls = 0
      @Cacheable({ cache: 'users' }) async total(order: { items: number[] }): Promise<number> {
        this.calls++
        order.items.push(9)
        await Promise.resolve()
        return order.items.length
      }
    }
    const orders = caches.bind(new Orders())
    expect([await orders.total({ items: [1] }), await orders.total({ items: [1] })]).to.deep.equal([2, 2])
    expect(orders.calls).to.equal(1)
    await orders.total({ items: [1, 9] })
    expect(orders.calls, 'what it became is another key').to.equal(2)
  })
})
