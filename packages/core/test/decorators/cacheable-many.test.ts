import { Cacheable, CacheableMany } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from './kit.js'

interface User {
  id: string
  team: string
}
const userKey = (id: string) => ['user', id]

class Users {
  asked: string[][] = []
  loads = 0
  hold: Promise<unknown> = Promise.resolve()
  gone = new Set<string>()
  row(id: string): User {
    return { id, team: `t${id.length}` }
  }
  @Cacheable({ cache: 'users', key: userKey }) async find(id: string): Promise<User | undefined> {
    this.loads++
    return this.gone.has(id) ? undefined : this.row(id)
  }
  @CacheableMany({ cache: 'users', key: userKey, tags: (user: User, id: string) => [`team:${user.team}`, id] })
  async findMany(ids: string[]): Promise<(User | undefined)[]> {
    this.asked.push(ids)
    await this.hold
    return ids.map((id) => (this.gone.has(id) ? undefined : this.row(id)))
  }
  @CacheableMany({ cache: 'users', key: userKey, idOf: (user: User) => user.id })
  async some(ids: readonly string[]): Promise<User[]> {
    this.asked.push([...ids])
    return ids
      .filter((id) => !this.gone.has(id))
      .map((id) => this.row(id))
      .reverse()
  }
  @CacheableMany({ cache: 'users', key: userKey }) async asMap(ids: Set<string>): Promise<Map<string, User>> {
    this.asked.push([...ids])
    if (!(ids instanceof Set)) throw new TypeError('a Set gets a Set')
    return new Map(Array.from(ids, (id) => [id, this.row(id)]))
  }
  @CacheableMany({ cache: 'users', key: userKey }) async asRecord(ids: string[]): Promise<Record<string, User>> {
    this.asked.push(ids)
    return Object.fromEntries(ids.map((id) => [id, this.row(id)]))
  }
}

function users(options = {}) {
  const b = bench({ users: options })
  return { ...b, service: b.caches.bind(new Users()), cache: b.caches.cache<User>('users') }
}

describe('@CacheableMany', () => {
  it('shares entries with the single-id method both ways; only missing ids reach the method, once, in order', async () => {
    const { service } = users()
    await service.find('b')
    expect((await service.findMany(['a', 'b', 'c'])).map((u) => u!.id)).to.deep.equal(['a', 'b', 'c'])
    expect(service.asked).to.deep.equal([['a', 'c']])
    await service.find('a')
    expect(service.loads).to.equal(1)
    expect((await service.findMany(['c', 'b', 'a'])).map((u) => u!.id)).to.deep.equal(['c', 'b', 'a'])
    expect(service.asked).to.have.length(1)
  })

  it('an id that is asked for twice is loaded once and answered twice', async () => {
    const { service } = users()
    expect((await service.findMany(['a', 'b', 'a'])).map((u) => u!.id)).to.deep.equal(['a', 'b', 'a'])
    expect(service.asked).to.deep.equal([['a', 'b']])
    expect((await service.some(['b', 'b', 'a'])).map((u) => u.id)).to.deep.equal(['b', 'a'])
  })

  it('by position: what an id has not is null or undefined in its place, and is cached', async () => {
    const { service, clock } = users({ ttl: '1h', negativeTtl: '1s' })
    service.gone.add('b')
    expect(await service.findMany(['a', 'b'])).to.deep.equal([{ id: 'a', team: 't1' }, undefined])
    expect(await service.findMany(['b', 'a'])).to.deep.equal([undefined, { id: 'a', team: 't1' }])
    expect(await service.find('b')).to.equal(undefined)
    expect([service.asked.length, service.loads]).to.deep.equal([1, 0])
    await clock.advance(1_000)
    await service.findMany(['a', 'b'])
    expect(service.asked[1]).to.deep.equal(['b'])
  })

  it('with idOf: fewer and reordered; cached ones are merged in the order asked', async () => {
    const { service } = users()
    service.gone.add('x')
    await service.find('c')
    expect((await service.some(['c', 'x', 'a', 'b'])).map((u) => u.id)).to.deep.equal(['c', 'a', 'b'])
    expect((await service.some(['b', 'x', 'a'])).map((u) => u.id)).to.deep.equal(['b', 'a'])
    expect(service.asked).to.deep.equal([['x', 'a', 'b']])
  })

  it('a Set gets a Set and a Map comes back; a record comes back as a record', async () => {
    const { service } = users()
    await service.find('b')
    expect([...(await service.asMap(new Set(['a', 'b']))).keys()]).to.deep.equal(['a', 'b'])
    expect(Object.keys(await service.asRecord(['b', 'a', 'd']))).to.deep.equal(['b', 'a', 'd'])
    expect(service.asked).to.deep.equal([['a'], ['d']])
    expect(await service.asMap(new Set(['d', 'a']))).to.be.instanceOf(Map)
    expect(service.asked).to.have.length(2)
  })

  it('another iterable gets a list; an empty list is the method itself', async () => {
    const { service } = users()
    const ids = function* () {
      yield 'a'
      yield 'b'
    }
    expect(await service.findMany(ids() as never)).to.have.length(2)
    expect(service.asked[0]).to.deep.equal(['a', 'b'])
    expect(await service.findMany([])).to.deep.equal([])
    expect([...(await service.asMap(new Set()))]).to.deep.equal([])
  })

  it('wholly cached before the method has ever answered: it is asked for one id, to see how it answers', async () => {
    const { service } = users()
    await service.find('a')
    await service.find('b')
    expect(await service.asRecord(['b', 'a'])).to.deep.equal({ b: service.row('b'), a: service.row('a') })
    expect(service.asked).to.deep.equal([['b']])
    await service.asRecord(['a'])
    expect(service.asked).to.have.length(1)
  })

  it('callbacks get one id with the other arguments: key, condition, unless, ttl, tags', async () => {
    class Names {
      asked: string[][] = []
      @CacheableMany({
        cache: 'users',
        key: (id: string, locale: string) => [id, locale],
        condition: (id: string) => id !== 'fresh',
        unless: (name: string | null | undefined, id: string, locale: string) =>
          name === `never-${locale}` && id !== '',
        ttl: (_name: string, id: string) => (id === 'short' ? '1s' : '1h'),
        tags: (name: string, id: string, locale: string) => [name, id, locale],
      })
      async names(ids: string[], locale: string): Promise<string[]> {
        this.asked.push(ids)
        return ids.map((id) => `${id}-${locale}`)
      }
    }
    const { caches, clock } = bench({ users: {} })
    const names = caches.bind(new Names())
    const ids = ['a', 'short', 'never', 'fresh']
    expect(await names.names(ids, 'de')).to.deep.equal(ids.map((id) => `${id}-de`))
    await names.names(['a'], 'fr')
    await names.names(ids, 'de')
    expect(names.asked).to.deep.equal([ids, ['a'], ['never', 'fresh']])
    await clock.advance(1_000)
    await names.names(['a', 'short'], 'de')
    expect(names.asked[3]).to.deep.equal(['short'])
    await caches.cache('users').evictTags(['fr'])
    await names.names(['a'], 'de')
    await names.names(['a'], 'fr')
    expect(names.asked.slice(4)).to.deep.equal([['a']])
  })

  it('ids that the same method is loading are joined; a call that waits for one does not hold its own back', async () => {
    const { service, caches } = users()
    const open = gate()
    service.hold = open.promise
    const one = service.findMany(['a', 'b'])
    service.hold = Promise.resolve()
    const two = service.findMany(['b', 'c'])
    expect(service.asked).to.deep.equal([['a', 'b'], ['c']])
    await new Promise((resolve) => setImmediate(resolve))
    expect(await caches.cache<User>('users').get(userKey('c'))).to.deep.equal(service.row('c'))
    open.open()
    expect((await one).map((u) => u!.id)).to.deep.equal(['a', 'b'])
    expect((await two).map((u) => u!.id)).to.deep.equal(['b', 'c'])
    expect(caches.cache('users').stats()).to.include({ joined: 1, loads: 3 })
  })

  it('an evict during the batch voids that id alone; a tag voids who bears it', async () => {
    for (const [what, left] of [
      ['key', ['bb']],
      ['tag', ['a']],
      ['clear', []],
    ] as const) {
      const { service, cache } = users()
      const open = gate()
      service.hold = open.promise
      const asked = service.findMany(['a', 'bb'])
      if (what === 'key') await cache.evict(userKey('a'))
      if (what === 'tag') await cache.evictTags(['team:t2'])
      if (what === 'clear') await cache.clear()
      open.open()
      expect(await asked).to.have.length(2)
      const kept = await cache.getMany([userKey('a'), userKey('bb')])
      expect(
        kept.flatMap((u) => u?.id ?? []),
        what,
      ).to.deep.equal(left)
    }
  })

  it('C13: find built on findMany, findMany built on find, and halves before the first await', async () => {
    class Nested {
      asked: unknown[] = []
      @Cacheable({ cache: 'users', key: userKey }) async find(id: string): Promise<string | undefined> {
        return (await this.findMany([id]))[0]
      }
      @CacheableMany({ cache: 'users', key: userKey }) async findMany(ids: string[]): Promise<string[]> {
        this.asked.push(ids)
        if (ids.length < 2) return ids
        const [a, b] = [this.findMany(ids.slice(0, 1)), this.findMany(ids.slice(1))]
        return [...(await a), ...(await b)]
      }
      @Cacheable({ cache: 'users', key: (id: string) => ['x', id] }) async one(id: string): Promise<string> {
        this.asked.push(id)
        return id
      }
      @CacheableMany({ cache: 'users', key: (id: string) => ['x', id] }) async each(ids: string[]): Promise<string[]> {
        return Promise.all(ids.map((id) => this.one(id)))
      }
    }
    const { caches } = bench({ users: {} })
    const nested = caches.bind(new Nested())
    expect(await nested.find('a')).to.equal('a')
    expect(await nested.findMany(['a', 'b', 'c'])).to.deep.equal(['a', 'b', 'c'])
    expect(nested.asked).to.deep.equal([['a'], ['b', 'c'], ['b'], ['c']])
    nested.asked.length = 0
    expect(await nested.each(['p', 'q'])).to.deep.equal(['p', 'q'])
    expect(await nested.one('p')).to.equal('p')
    expect(nested.asked).to.deep.equal(['p', 'q'])
  })

  it('an error reaches every caller as it is, and nothing is kept', async () => {
    const { service, cache } = users()
    const open = gate()
    service.hold = open.promise
    const both = [rejection(() => service.findMany(['a', 'b'])), rejection(() => service.findMany(['b']))]
    const down = new Error('down')
    open.fail(down)
    expect(await Promise.all(both)).to.deep.equal([down, down])
    expect(cache.stats().entries).to.equal(0)
  })
})
