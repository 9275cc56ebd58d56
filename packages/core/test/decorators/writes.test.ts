import { Cacheable, CacheEvict, CachePut, type Write, WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from './kit.js'

interface User {
  id: string
  name: string
  team: string
}
const userKey = (id: string) => ['user', id]

class Users {
  rows = new Map<string, User>([
    ['1', { id: '1', name: 'Ada', team: 'a' }],
    ['2', { id: '2', name: 'Bob', team: 'a' }],
  ])
  loads = 0
  hold: Promise<unknown> = Promise.resolve()
  @Cacheable({ cache: 'users', key: userKey, tags: (u: User) => [`team:${u.team}`] })
  async find(id: string): Promise<User | undefined> {
    this.loads++
    const row = this.rows.get(id)
    await this.hold
    return row && { ...row }
  }
  @CachePut({ cache: 'users', key: (u: User) => userKey(u.id), tags: (u: User) => [`team:${u.team}`] })
  async save(u: User): Promise<User> {
    this.rows.set(u.id, { ...u })
    return { ...u }
  }
  @CachePut({ cache: 'users', keyFromResult: (u: User) => userKey(u.id) })
  async create(name: string): Promise<User> {
    const u = { id: '9', name, team: 'z' }
    this.rows.set(u.id, u)
    return { ...u }
  }
  @CacheEvict({ cache: 'users', key: userKey }) async remove(id: string): Promise<void> {
    if (id === 'bad') throw new Error('no')
    this.rows.delete(id)
  }
  @CacheEvict({ cache: 'users', key: userKey, beforeInvocation: true }) async drop(_id: string): Promise<void> {
    throw new Error('late')
  }
  @CacheEvict({ cache: 'users', keys: (ids: string[]) => ids.map(userKey) }) async removeMany(
    _ids: string[],
  ): Promise<void> {}
  @CacheEvict({ cache: 'users', tags: (team: string) => [`team:${team}`] }) async touch(_team: string): Promise<void> {}
  @CacheEvict({ cache: 'users', allEntries: true }) async wipe(): Promise<void> {}
  @CachePut({ cache: 'users', key: (id: string) => userKey(id), tags: (u: User) => [`team:${u.team}`] })
  @CacheEvict({ cache: 'users', tagsFromResult: (u: User) => [`team:${u.team}`] })
  async rename(id: string, name: string): Promise<User> {
    const u = { ...this.rows.get(id)!, name }
    this.rows.set(id, u)
    await this.hold
    return { ...u }
  }
}

function users() {
  const b = bench({ users: {} })
  return { ...b, service: b.caches.bind(new Users()) }
}

describe('@CachePut and @CacheEvict', () => {
  it('writes through: the result is stored under the key of the arguments or of the result', async () => {
    const { service } = users()
    await service.save({ id: '1', name: 'Eve', team: 'a' })
    expect((await service.find('1'))!.name).to.equal('Eve')
    await service.create('New')
    expect((await service.find('9'))!.name).to.equal('New')
    expect(service.loads).to.equal(0)
  })

  it('evicts one key, several keys, tags, all; C16: a method that throws evicts nothing, unless beforeInvocation', async () => {
    const { service } = users()
    const warm = async () => {
      await service.find('1')
      await service.find('2')
      service.loads = 0
    }
    const reloads = async () => {
      await service.find('1')
      await service.find('2')
      return service.loads
    }
    await warm()
    await service.removeMany(['1'])
    expect(await reloads()).to.equal(1)
    await warm()
    await service.touch('a')
    expect(await reloads()).to.equal(2)
    await warm()
    await service.touch('b')
    expect(await reloads()).to.equal(0)
    await warm()
    await service.wipe()
    expect(await reloads()).to.equal(2)
    await warm()
    await rejection(() => service.remove('bad'))
    expect(await reloads()).to.equal(0)
    await warm()
    await rejection(() => service.drop('1'))
    expect(await reloads()).to.equal(1)
    await warm()
    await service.remove('1')
    expect(await service.find('1')).to.equal(undefined)
  })

  it('C34: put and late evict by tag on one method: the put is kept, older entries of the tag are gone', async () => {
    const { service } = users()
    await service.find('1')
    await service.find('2')
    service.loads = 0
    await service.rename('1', 'Zed')
    expect((await service.find('1'))!.name).to.equal('Zed')
    expect(service.loads).to.equal(0)
    await service.find('2')
    expect(service.loads).to.equal(1)
  })

  it('C1, C7: an evict between load and fill voids the fill; its caller gets the value, later callers load anew', async () => {
    const { service, caches } = users()
    const open = gate()
    service.hold = open.promise
    const before = service.find('1')
    service.rows.set('1', { id: '1', name: 'New', team: 'a' })
    await caches.cache('users').evict(userKey('1'))
    const after = service.find('1')
    open.open()
    expect((await before)!.name).to.equal('Ada')
    expect((await after)!.name).to.equal('New')
    expect((await service.find('1'))!.name).to.equal('New')
    expect(service.loads).to.equal(2)
    expect(caches.cache('users').stats().notStored).to.equal(1)
  })

  it('C24: a tag that is invalidated while an entry that will bear it loads', async () => {
    const { service, caches } = users()
    const open = gate()
    service.hold = open.promise
    const before = service.find('1')
    service.rows.set('1', { id: '1', name: 'New', team: 'a' })
    await caches.cache('users').evictTags(['team:a'])
    const joined = service.find('1')
    open.open()
    await before
    expect((await joined)!.name).to.equal('New')
    expect((await service.find('1'))!.name).to.equal('New')
  })

  it('C24: clear during a load voids its fill', async () => {
    const { service, caches } = users()
    const open = gate()
    service.hold = open.promise
    const before = service.find('1')
    await caches.cache('users').clear()
    service.rows.set('1', { id: '1', name: 'New', team: 'a' })
    open.open()
    await before
    expect((await service.find('1'))!.name).to.equal('New')
  })

  it('C4: a put beats a slow load of the older value', async () => {
    const { service } = users()
    const open = gate()
    service.hold = open.promise
    const slow = service.find('1')
    await service.save({ id: '1', name: 'Two', team: 'a' })
    open.open()
    await slow
    expect((await service.find('1'))!.name).to.equal('Two')
  })

  it('C5: two puts of one key that overlap leave a miss', async () => {
    const { service, caches } = users()
    const open = gate()
    service.hold = open.promise
    const one = service.rename('1', 'One')
    service.hold = Promise.resolve()
    await service.rename('1', 'Two')
    open.open()
    await one
    expect(await caches.cache('users').get(userKey('1'))).to.equal(undefined)
    expect((await service.find('1'))!.name).to.equal('Two')
  })

  it('an invalidation by somebody else since the method began turns the put into an evict', async () => {
    for (const by of ['key', 'tag', 'clear'] as const) {
      const { service, caches } = users()
      const open = gate()
      service.hold = open.promise
      const renaming = service.rename('1', 'One')
      const cache = caches.cache('users')
      if (by === 'key') await cache.evict(userKey('1'))
      else if (by === 'tag') await cache.evictTags(['team:a'])
      else await cache.clear()
      open.open()
      await renaming
      expect(await cache.get(userKey('1')), by).to.equal(undefined)
    }
  })

  it('C25: tags belong to the entry: a new value bears its own', async () => {
    const { service, caches } = users()
    await service.save({ id: '1', name: 'A', team: 'old' })
    await service.save({ id: '1', name: 'B', team: 'new' })
    await caches.cache('users').evictTags(['team:old'])
    expect(await caches.cache<User>('users').get(userKey('1'))).to.include({ name: 'B' })
    await caches.cache('users').evictTags(['team:new'])
    expect(await caches.cache('users').get(userKey('1'))).to.equal(undefined)
  })

  it('a callback that throws after the write leaves no old entry and does not fail the method', async () => {
    class Shop {
      @CacheEvict({
        cache: 'users',
        tagsFromResult: (_: object): string[] => {
          throw new Error('bug')
        },
      })
      async write(): Promise<object> {
        return {}
      }
    }
    const { caches, service } = users()
    await service.find('1')
    await caches.bind(new Shop()).write()
    expect(await caches.cache('users').get(userKey('1'))).to.equal(undefined)
  })
})

describe('@WriteBehind', () => {
  class Counter {
    rows = new Map<string, number>()
    batches: Write<[string, number]>[][] = []
    singles = 0
    @Cacheable({ cache: 'visits', key: userKey }) async read(id: string): Promise<number> {
      return this.rows.get(id) ?? 0
    }
    @WriteBehind({
      cache: 'visits',
      key: userKey,
      drainTo: 'addMany',
      value: (cached: number | undefined, _id: string, n: number) => (cached ?? 0) + n,
      merge: ([id, a]: [string, number], [, b]: [string, number]): [string, number] => [id, a + b],
    })
    async add(id: string, n: number): Promise<void> {
      this.singles++
      this.rows.set(id, (this.rows.get(id) ?? 0) + n)
    }
    async addMany(batch: Write<[string, number]>[]): Promise<void> {
      this.batches.push(batch)
      for (const {
        args: [id, n],
      } of batch)
        this.rows.set(id, (this.rows.get(id) ?? 0) + n)
    }
    @WriteBehind({ cache: 'visits', key: (id: string) => ['plain', id] }) async set(
      id: string,
      n: number,
    ): Promise<void> {
      this.rows.set(id, n)
    }
    @Cacheable({ cache: 'visits', key: (id: string) => ['plain', id] }) async plain(id: string): Promise<number> {
      return this.rows.get(id) ?? 0
    }
  }

  it('acknowledges at once, merges per key, drains to the list method, and reads see what is pending', async () => {
    const { caches } = bench({ visits: {} })
    const counter = caches.bind(new Counter())
    counter.rows.set('a', 10)
    expect(await counter.read('a')).to.equal(10)
    for (let i = 0; i < 5; i++) {
      await counter.add('a', 1)
      await counter.add('b', 2)
    }
    expect(counter.rows.get('a')).to.equal(10)
    expect(await counter.read('a')).to.equal(15)
    expect(caches.cache('visits').writes.pending()).to.be.greaterThan(0)
    await caches.flush()
    expect([counter.rows.get('a'), counter.rows.get('b')]).to.deep.equal([15, 10])
    expect(counter.batches.flat().length + counter.singles).to.equal(2)
    expect([await counter.read('a'), await counter.read('b')]).to.deep.equal([15, 10])
    await caches.close()
  })

  it('W22: without value a read of a dirty key flushes it first', async () => {
    const { caches } = bench({ visits: {} })
    const counter = caches.bind(new Counter())
    expect(await counter.plain('x')).to.equal(0)
    await counter.set('x', 7)
    expect(await counter.plain('x')).to.equal(7)
    await caches.close()
  })

  it('W15: a call after close is a WriteBehindError', async () => {
    const { caches } = bench({ visits: {} })
    const counter = caches.bind(new Counter())
    await counter.set('x', 1)
    expect(await caches.close()).to.deep.equal({ left: 0 })
    expect(counter.rows.get('x')).to.equal(1)
    expect((await rejection(() => counter.set('x', 2))).name).to.equal('WriteBehindError')
  })
})
