import {
  CacheableMany,
  CacheConfig,
  CacheConfigError,
  CacheEvict,
  type CacheOptions,
  LoadTimeoutError,
} from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from './kit.js'

class Items {
  asked: unknown[][] = []
  hold: Promise<unknown> = Promise.resolve()
  down = false
  answer: (ids: any[]) => unknown = (ids) => ids.map((id) => ({ id, n: this.asked.length }))
  @CacheableMany({ cache: 'items', key: (id: unknown) => ['item', id] }) async list(ids: unknown[]): Promise<any[]> {
    this.asked.push(ids)
    await this.hold
    if (this.down) throw new Error('down')
    return this.answer(ids) as any[]
  }
  @CacheableMany({ cache: 'items', key: (id: unknown) => ['item', id], idOf: (item: any) => item.id })
  async some(ids: unknown[]): Promise<any[]> {
    return this.answer(ids) as any[]
  }
  @CacheEvict({ cache: 'items', allEntries: true })
  @CacheableMany({ cache: 'items', key: (id: unknown) => ['item', id] })
  async listAndClear(ids: unknown[]): Promise<unknown[]> {
    return ids
  }
}

function items(options: CacheOptions = {}) {
  const b = bench({ items: options })
  return { ...b, service: b.caches.bind(new Items()), cache: b.caches.cache('items') }
}

describe('@CacheableMany, freshness', () => {
  it('staleWhileRevalidate: the stale items at once, one refresh for all of them', async () => {
    const { service, clock, caches } = items({ ttl: '10s', staleWhileRevalidate: '1m' })
    await service.list([1, 2, 3])
    await clock.advance(11_000)
    expect((await service.list([1, 2, 3])).map((i) => i.n)).to.deep.equal([1, 1, 1])
    await caches.flush()
    expect(service.asked.slice(1)).to.deep.equal([[1, 2, 3]])
    expect((await service.list([3, 2, 1])).map((i) => i.n)).to.deep.equal([2, 2, 2])
  })

  it('refreshAhead: late hits start one refresh behind', async () => {
    const { service, clock, caches } = items({ ttl: '10s', refreshAhead: 0.5 })
    await service.list([1, 2])
    await clock.advance(6_000)
    expect((await service.list([1, 2])).map((i) => i.n)).to.deep.equal([1, 1])
    await caches.flush()
    expect((await service.list([1, 2])).map((i) => i.n)).to.deep.equal([2, 2])
  })

  it('staleIfError: stale items in place of the error; an id that has none takes the error', async () => {
    const { service, clock } = items({ ttl: '10s', staleIfError: '1h' })
    await service.list([1, 2])
    await clock.advance(11_000)
    service.down = true
    expect((await service.list([1, 2])).map((i) => i.n)).to.deep.equal([1, 1])
    expect((await rejection(() => service.list([1, 9]))).message).to.equal('down')
  })

  it('loadTimeout bounds the wait, and the load is still kept', async () => {
    const { service, clock, caches, cache } = items({ loadTimeout: '1s' })
    const open = gate()
    service.hold = open.promise
    const asked = rejection(() => service.list([1, 2]))
    await clock.advance(1_000)
    expect(await asked).to.be.instanceOf(LoadTimeoutError)
    open.open()
    await caches.flush()
    expect(
      await cache.getMany([
        ['item', 1],
        ['item', 2],
      ]),
    ).to.deep.equal([
      { id: 1, n: 1 },
      { id: 2, n: 1 },
    ])
  })

  it('clone: frozen by default, copied, or as they are; the list is each caller’s own', async () => {
    for (const clone of ['freeze', 'structured', 'none'] as const) {
      const { service } = items({ clone })
      const first = await service.list([1, 2])
      const second = await service.list([1, 2])
      expect(second, clone).to.not.equal(first)
      expect(Object.isFrozen(second[0]), clone).to.equal(clone === 'freeze')
      expect(second[0] === first[0], clone).to.equal(clone !== 'structured')
      first.pop()
      expect(await service.list([1, 2]), clone).to.have.length(2)
    }
  })

  it('an evict on the same method comes after it; a disabled cache passes all ids through, in one call', async () => {
    const { service, cache, caches } = items()
    await service.list([1])
    await service.listAndClear([1, 2])
    expect(await cache.get(['item', 1])).to.equal(undefined)
    caches.disable()
    service.asked.length = 0
    expect(await service.list([1, 2, 1])).to.have.length(3)
    expect(service.asked).to.deep.equal([[1, 2]])
  })
})

describe('@CacheableMany, whose method it is', () => {
  it('C32: statics, inheritance and this', async () => {
    @CacheConfig({ cache: 'users' })
    class Base {
      prefix = 'base'
      @CacheableMany({ key: (id: string) => id }) async names(ids: string[]): Promise<string[]> {
        return ids.map((id) => `${this.prefix}:${id}`)
      }
      static calls = 0
      @CacheableMany({
        key: function (this: typeof Base, id: string) {
          return [this.name, id]
        },
      })
      static async all(ids: string[]): Promise<string[]> {
        Base.calls++
        // biome-ignore lint/complexity/noThisInStatic: what this is, is what is tested
        return ids.map((id) => `${this.name}:${id}`)
      }
    }
    @CacheConfig({ cache: 'subs' })
    class Sub extends Base {
      override async names(ids: string[]): Promise<string[]> {
        return (await super.names(ids)).map((name) => `${name}!`)
      }
    }
    const { caches } = bench({ users: {}, subs: {} })
    const [base, sub] = [caches.bind(new Base()), caches.bind(new Sub())]
    sub.prefix = 'sub'
    expect(await base.names(['1'])).to.deep.equal(['base:1'])
    expect(await sub.names(['1'])).to.deep.equal(['sub:1!'])
    expect(await sub.names(['1'])).to.deep.equal(['sub:1!'])
    expect(caches.cache('subs').stats()).to.include({ hits: 1, loads: 1 })
    caches.bind(Base)
    expect([await Base.all(['1']), await Base.all(['1']), Base.calls]).to.deep.equal([['Base:1'], ['Base:1'], 1])
    const { names } = base
    expect(await names.call({ prefix: 'detached' } as never, ['1'])).to.deep.equal(['detached:1'])
  })
})

describe('@CacheableMany, answers that cannot be matched without a guess', () => {
  const bad: [string, 'list' | 'some', (ids: unknown[]) => unknown, RegExp][] = [
    ['too few', 'list', (ids) => ids.slice(1), /asked for 2 ids and answered 1 items.*idOf/],
    ['too many', 'list', (ids) => [...ids, 3], /asked for 2 ids and answered 3 items/],
    ['one twice', 'some', () => [{ id: 1 }, { id: 1 }], /two items with one id, a number; answer one for each/],
    ['never asked for', 'some', () => [{ id: 9 }], /an id, a number, which was not asked for \(asked: number\)/],
    [
      'a text for a number',
      'some',
      () => [{ id: '1' }],
      /an id, a string, which was not asked for \(asked: number\); 7 and '7' are two ids/,
    ],
    ['a Map by text', 'list', () => new Map([['1', 1]]), /an id, a string, which was not asked for/],
    ['a record with more', 'list', () => ({ 1: 'a', 3: 'b' }), /an id, a string, which was not asked for/],
    ['null', 'list', () => null, /answered null; answer a list, a Map or a record/],
    ['a number', 'list', () => 7, /answered a number; answer a list/],
    ['an instance', 'list', () => new Items(), /answered an instance of Items; answer a list/],
  ]
  for (const [title, method, answer, message] of bad)
    it(title, async () => {
      const { service, cache } = items()
      service.answer = answer
      const error = await rejection(() => service[method]([1, 2]))
      expect(error).to.be.instanceOf(CacheConfigError)
      expect(error.message).to.match(message)
      expect(error.message).to.contain(`@CacheableMany on Items.${method}`)
      expect(cache.stats().entries).to.equal(0)
    })

  it('a record by number is by name: there 7 and its text are one', async () => {
    const { service } = items()
    service.answer = (ids) => Object.fromEntries(ids.map((id) => [id, id]))
    expect(await service.list([1, 2])).to.deep.equal({ 1: 1, 2: 2 })
    expect(await service.list([2])).to.deep.equal({ 2: 2 })
  })

  it('a record without prototype, and the id __proto__, are plain data', async () => {
    const { service } = items()
    service.answer = (ids) => Object.assign(Object.create(null), { [ids[0]]: 'x' })
    for (let i = 0; i < 2; i++) {
      const got = (await service.list(['__proto__'])) as unknown as Record<string, unknown>
      expect(Object.keys(got)).to.deep.equal(['__proto__'])
    }
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined)
  })

  it('what is no list is refused before the method runs', async () => {
    const { service } = items()
    for (const ids of ['abc', 7, null, undefined, {}]) {
      const error = await rejection(() => service.list(ids as never))
      expect(error).to.be.instanceOf(CacheConfigError)
      expect(error.message).to.match(/Items\.list.*not a list of ids; pass an array, a Set or another iterable/)
    }
    expect(service.asked).to.have.length(0)
  })
})
