import {
  Cacheable,
  CacheableMany,
  CacheConfig,
  CacheConfigError,
  CacheEvict,
  CachePut,
  createCacheManager,
  WriteBehind,
} from '@cachesmith/core'
import { expect } from 'chai'

const any = (options: unknown): never => options as never

/** Applies a decorator to a method `find` in whatever flavour this suite is compiled for; the types are told to look away. */
const define =
  (...decorators: ((...args: any[]) => any)[]) =>
  () => {
    const [
      a = (x: unknown) => x,
      b = (_: any, ctx: unknown, d?: unknown) => (typeof ctx === 'object' ? undefined : d),
    ] = decorators as any[]
    class Service {
      @a @b async find(_id: string): Promise<number> {
        return 1
      }
    }
    return Service
  }

describe('misuse is a CacheConfigError when the class is defined', () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      'an unknown option, with the nearest one',
      define(Cacheable(any({ tll: 5 }))),
      /find.*unknown option 'tll'; did you mean 'ttl'/,
    ],
    ["K28: ttl '60'", define(Cacheable(any({ ttl: '60' }))), /find.*'ttl'.*60/],
    ["K28: ttl '5 min'", define(Cacheable(any({ ttl: '5 min' }))), /'ttl'/],
    ['K28: ttl 0', define(Cacheable({ ttl: 0 })), /'ttl'/],
    ['K28: ttl -1', define(Cacheable({ ttl: -1 })), /'ttl'/],
    ['K28: ttl NaN', define(Cacheable({ ttl: Number.NaN })), /'ttl'/],
    ['K28: ttl 1.5', define(Cacheable({ ttl: 1.5 })), /'ttl'/],
    ['K28: ttl 2^53', define(Cacheable({ ttl: 2 ** 53 })), /'ttl'/],
    ['a key that is no function', define(Cacheable(any({ key: 'id' }))), /'key' is a function/],
    ['a put without a key', define(CachePut(any({}))), /needs 'key'/],
    ['key with keyFromResult', define(CachePut(any({ key: () => 1, keyFromResult: () => 1 }))), /exclude each other/],
    ['an evict of nothing', define(CacheEvict(any({}))), /nothing to evict/],
    [
      'two targets',
      define(CacheEvict(any({ key: () => 1, allEntries: true }))),
      /'key' and 'allEntries' exclude each other/,
    ],
    [
      'beforeInvocation with a need of the result',
      define(CacheEvict(any({ tagsFromResult: () => [], beforeInvocation: true }))),
      /beforeInvocation/,
    ],
    [
      'a batched read without a key',
      define(CacheableMany(any({}))),
      /CacheableMany.*find.*needs 'key', which gets one id/,
    ],
    [
      'a batched read with an unknown option',
      define(CacheableMany(any({ key: () => 1, idof: () => 1 }))),
      /unknown option 'idof'; did you mean 'idOf'/,
    ],
    ['an idOf that is no function', define(CacheableMany(any({ key: () => 1, idOf: 'id' }))), /'idOf' is a function/],
    [
      'a batched read beside @Cacheable',
      define(Cacheable(), CacheableMany(any({ key: () => 1 }))),
      /the other each item: split the method/,
    ],
    [
      'a batched read beside @CachePut',
      define(CachePut(any({ key: () => 1 })), CacheableMany(any({ key: () => 1 }))),
      /split the method/,
    ],
    [
      'a batched read beside @WriteBehind',
      define(WriteBehind(any({ key: () => 1 })), CacheableMany(any({ key: () => 1 }))),
      /answers a value or is written behind/,
    ],
    [
      'two batched reads',
      define(CacheableMany(any({ key: () => 1 })), CacheableMany(any({ key: () => 1 }))),
      /has one/,
    ],
    ['a write-behind without a key', define(WriteBehind(any({}))), /needs 'key'/],
    [
      'coalesce: false with merge',
      define(WriteBehind(any({ key: () => 1, coalesce: false, merge: () => [] }))),
      /'merge'/,
    ],
    ['Cacheable with CachePut', define(Cacheable(), CachePut(any({ key: () => 1 }))), /split the method/],
    [
      'CachePut with WriteBehind',
      define(CachePut(any({ key: () => 1 })), WriteBehind(any({ key: () => 1 }))),
      /no result/,
    ],
    ['a share out of range', define(Cacheable({ jitter: 2 })), /'jitter'.*between 0 and 1/],
    [
      'CacheConfig with an unknown option',
      () => {
        @CacheConfig(any({ tttl: 1 }))
        class X {}
        return X
      },
      /CacheConfig on X: unknown option 'tttl'/,
    ],
    [
      'a getter',
      () => {
        class X {
          @(Cacheable() as any) get size(): number {
            return 1
          }
        }
        return X
      },
      /size.*getter/,
    ],
    [
      'a setter',
      () => {
        class X {
          @(Cacheable() as any) set size(_: number) {}
        }
        return X
      },
      /size.*setter/,
    ],
    [
      'a field',
      () => {
        class X {
          @(Cacheable() as any) size = async () => 1
        }
        return X
      },
      /size.*field/,
    ],
  ]
  for (const [title, work, message] of cases)
    it(title, () => {
      expect(work).to.throw(CacheConfigError, message)
    })

  const managers: [string, unknown, RegExp][] = [
    ['an unknown option of the manager', { stores: 1 }, /unknown option 'stores'; did you mean 'store'/],
    ['a wrong option of a cache', { caches: { users: { tl: 1 } } }, /cache 'users': unknown option 'tl'/],
    ['a ttl of a cache', { caches: { users: { ttl: '5 minutes' } } }, /cache 'users'.*ttl/],
    ['a store that is none', { store: './cache.db' }, /'store' is neither/],
    ['an unknown clone', { caches: { users: { clone: 'deep' } } }, /'clone' is one of/],
    ['no entries', { defaults: { memory: { maxEntries: 0 } } }, /maxEntries/],
    ['an unknown policy when full', { caches: { v: { writes: { whenFull: 'drop' } } } }, /whenFull/],
  ]
  for (const [title, options, message] of managers)
    it(title, () => {
      expect(() => createCacheManager(any(options))).to.throw(CacheConfigError, message)
    })
})
