import { AsyncLocalStorage } from 'node:async_hooks'
import { Cacheable, CacheConfigError, CacheEvict, CacheKeyError, type CloneMode, CachePut } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'
import { inWorlds } from './worlds.js'

const tenant = new AsyncLocalStorage<string>()
const scope = () => tenant.getStore()
const as = <T>(name: string, work: () => Promise<T>) => tenant.run(name, work)

describe('scenarios: isolation', () => {
  // Left on, it would make every await of the tests after these several times dearer.
  after(() => tenant.disable())
  inWorlds(
    "C29 clone 'freeze': a reader cannot change plain data, and changes only its own copy of the rest",
    async ({ process }) => {
      const { users } = process()
      const plain = () => users.getOrLoad('plain', () => ({ list: ['a'], of: { x: 1 } }))
      const dated = () =>
        users.getOrLoad('dated', () => ({ at: new Date(5), by: new Map([['a', 1]]), bytes: Buffer.from('a') }))
      for (const got of [await plain(), await plain()]) {
        expect(() => got.list.push('b')).to.throw(TypeError)
        expect(() => Object.assign(got.of, { x: 2 })).to.throw(TypeError)
      }
      for (let n = 0; n < 3; n++) {
        const got = await dated()
        expect(got).to.deep.equal({ at: new Date(5), by: new Map([['a', 1]]), bytes: Buffer.from('a') })
        got.at.setTime(9)
        got.by.set('b', 2)
        got.bytes[0] = 0
      }
    },
  )

  inWorlds(
    "C29 clone 'structured': each reader changes a copy of its own, those who waited together too",
    async ({ process }) => {
      const { users } = process({ clone: 'structured' })
      const open = gate()
      const load = async () => {
        await open.promise
        return { list: ['a'] }
      }
      const asked = [1, 2, 3].map(() => users.getOrLoad('a', load))
      open.open()
      for (const got of [...(await Promise.all(asked)), await users.get('a'), await users.get('a')]) {
        expect(got).to.deep.equal({ list: ['a'] })
        got.list.push('b')
      }
    },
  )

  it("C29 clone 'none': memory shares the very object, as documented", async () => {
    const users = bench({ users: { clone: 'none' } }).caches.cache<any>('users')
    const value = { list: ['a'] }
    await users.getOrLoad('a', () => value)
    expect(await users.get('a')).to.equal(value)
    ;(await users.get('a')).list.push('b')
    expect(await users.get('a')).to.deep.equal({ list: ['a', 'b'] })
  })

  for (const clone of ['freeze', 'structured'] as CloneMode[])
    inWorlds(
      `C29 what the writer does to its object after a put does not reach readers, with '${clone}'`,
      async ({ process }) => {
        const { users } = process({ clone })
        const value = { at: new Date(5), list: ['a'] }
        await users.put('a', value)
        value.at.setTime(9)
        try {
          value.list.push('b')
        } catch {}
        expect(await users.get('a')).to.deep.equal({ at: new Date(5), list: ['a'] })
      },
    )

  inWorlds(
    'K13 two methods of one name with default keys in one cache are refused; in caches of their own they are apart',
    async ({ process }) => {
      const { caches } = process()
      const make = (answer: string) => {
        class Users {
          @Cacheable({ cache: 'users' }) async find(_id: string): Promise<string> {
            return answer
          }
        }
        return caches.bind(new Users())
      }
      expect(await make('one').find('1')).to.equal('one')
      expect(await rejection(() => make('two').find('1'))).to.be.instanceOf(CacheConfigError)
      class A {
        @Cacheable() async find(_id: string): Promise<string> {
          return 'of A'
        }
      }
      class B {
        @Cacheable() async find(_id: string): Promise<string> {
          return 'of B'
        }
        @Cacheable() async get(_id: string): Promise<string> {
          return 'get of B'
        }
      }
      const [a, b] = [caches.bind(new A()), caches.bind(new B())]
      for (let n = 0; n < 2; n++)
        expect([await a.find('1'), await b.find('1'), await b.get('1')]).to.deep.equal(['of A', 'of B', 'get of B'])
    },
  )

  inWorlds(
    'K16 a result that depends on the tenant is each tenant’s own, and so are evict and put',
    async ({ process }) => {
      const { caches } = process({ scope })
      class Service {
        @Cacheable({ cache: 'users', key: (id: string) => id }) async find(id: string): Promise<string> {
          return `${id} of ${scope()}`
        }
        @CachePut({ cache: 'users', key: (id: string) => id }) async save(_id: string): Promise<string> {
          return `saved by ${scope()}`
        }
        @CacheEvict({ cache: 'users', key: (id: string) => id }) async remove(_id: string): Promise<void> {}
      }
      const service = caches.bind(new Service())
      const find = (name: string) => as(name, () => service.find('1'))
      const hostile = ['a', 'b', 'a/1', "a'", '__proto__', 'a:1', '@a', '']
      for (const name of hostile.filter((n) => n !== '')) expect(await find(name)).to.equal(`1 of ${name}`)
      for (const name of hostile.filter((n) => n !== '')) expect(await find(name), 'a hit').to.equal(`1 of ${name}`)
      await as('b', () => service.save('1'))
      expect([await find('a'), await find('b')]).to.deep.equal(['1 of a', 'saved by b'])
      await as('b', () => service.remove('1'))
      expect(await as('a', () => caches.cache('users').get('1'))).to.equal('1 of a')
      expect(await as('b', () => caches.cache('users').get('1'))).to.equal(undefined)
    },
  )

  inWorlds('K17 a missing scope is an error of each way to call, never a shared entry', async ({ process }) => {
    const { caches, users } = process({ scope })
    class Service {
      calls = 0
      @Cacheable({ cache: 'users' }) async find(_id: string): Promise<number> {
        return ++this.calls
      }
    }
    const service = caches.bind(new Service())
    const calls = [
      () => service.find('1'),
      () => users.get('1'),
      () => users.getOrLoad('1', () => 1),
      () => users.put('1', 1),
      () => users.evict('1'),
      () => users.getMany(['1']),
      () => users.getOrLoadMany(['1'], () => [1]),
    ]
    for (const call of calls) {
      expect(await rejection(call)).to.be.instanceOf(CacheKeyError)
      expect(await rejection(() => tenant.run('', call))).to.be.instanceOf(CacheKeyError)
    }
    expect([service.calls, users.stats().loads]).to.deep.equal([0, 0])
  })

  inWorlds('K30 two tenants who load one key at once do not join: each gets its own', async ({ process }) => {
    const { caches, users } = process({ scope })
    const open = gate()
    class Service {
      calls = 0
      @Cacheable({ cache: 'users', key: () => 'me' }) async me(): Promise<string> {
        this.calls++
        await open.promise
        return `me ${scope()}`
      }
    }
    const service = caches.bind(new Service())
    const asked = ['a', 'b', 'a', 'b'].map((name) => as(name, () => service.me()))
    const loaded = ['a', 'b'].map((name) => as(name, () => users.getOrLoad('x', async () => `x ${scope()}`)))
    open.open()
    expect(await Promise.all([...asked, ...loaded])).to.deep.equal(['me a', 'me b', 'me a', 'me b', 'x a', 'x b'])
    expect(service.calls).to.equal(2)
  })

  const secret = 'hunter2'
  inWorlds(
    'K23 a secret argument stands in no message of ours, no event but as its key, and no statistics',
    async ({ process }) => {
      const { caches, users, events } = process({ maxValueBytes: 10_000 })
      class Login {
        @Cacheable({ cache: 'users' }) async token(_secret: string, _more?: unknown): Promise<unknown> {
          return 'x'.repeat(20_000)
        }
        @Cacheable({ cache: 'users', loadTimeout: '1s', unless: () => true }) async other(
          _secret: string,
        ): Promise<number> {
          return 1
        }
      }
      const login = caches.bind(new Login())
      await login.token(secret)
      await login.other(secret)
      const errors = [
        await rejection(() => login.token(secret, () => secret)),
        await rejection(() => login.token(secret, { [`x`]: [secret, Symbol(secret)] })),
        await rejection(() => users.get([secret, new WeakMap()])),
        await rejection(() => users.evictTags([secret, 1 as never])),
        await rejection(() => users.getOrLoadMany([secret, 'b'], () => [secret])),
        await rejection(() => users.getOrLoadMany([secret], () => new Map([[`${secret}3`, 1]]))),
      ]
      for (const error of errors) expect(`${error.message} ${error.stack}`).to.not.include(secret)
      expect(errors[0]!.message).to.include('argument 2')
      for (const { key: _key, error, ...event } of events as (object & { key?: string; error?: Error })[])
        expect(JSON.stringify(event) + String(error?.message)).to.not.include(secret)
      expect(events.some((event) => 'key' in event)).to.equal(true)
      expect(JSON.stringify(users.stats())).to.not.include(secret)
    },
  )
})
