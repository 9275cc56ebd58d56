import {
  Cacheable,
  CacheConfig,
  CacheConfigError,
  CacheEvict,
  CacheKeyError,
  createCacheManager,
  defaultManager,
  setDefaultManager,
} from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from './kit.js'

describe('@Cacheable', () => {
  it('runs the method once, then answers from memory; each set of arguments is an entry of its own', async () => {
    class Users {
      calls: unknown[] = []
      @Cacheable() async find(id: string, locale?: string): Promise<{ id: string; locale?: string }> {
        this.calls.push([id, locale])
        return { id, locale }
      }
    }
    const { caches } = bench()
    const users = caches.bind(new Users())
    expect(await users.find('1')).to.deep.equal({ id: '1', locale: undefined })
    expect(await users.find('1')).to.deep.equal({ id: '1', locale: undefined })
    await users.find('2')
    await users.find('1', 'de')
    expect(users.calls).to.deep.equal([
      ['1', undefined],
      ['2', undefined],
      ['1', 'de'],
    ])
    expect(caches.impliedParts('Users').stats).to.include({ hits: 1, misses: 3, loads: 3 })
  })

  it('works with no manager at all, on the embedded one; setDefaultManager replaces it', async () => {
    class Rates {
      calls = 0
      @Cacheable({ ttl: '1m' }) async latest(code: string): Promise<string> {
        this.calls++
        return code
      }
    }
    setDefaultManager(undefined)
    const rates = new Rates()
    await rates.latest('EUR')
    await rates.latest('EUR')
    expect(rates.calls).to.equal(1)
    expect(defaultManager().cache('Rates').stats().hits).to.equal(1)
    setDefaultManager(createCacheManager())
    await rates.latest('EUR')
    expect(rates.calls).to.equal(2)
    setDefaultManager(undefined)
  })

  it('K26: null and undefined are values', async () => {
    class Users {
      calls = 0
      @Cacheable() async find(id: string): Promise<null | undefined> {
        this.calls++
        return id === 'null' ? null : undefined
      }
    }
    const users = bench().caches.bind(new Users())
    expect([
      await users.find('null'),
      await users.find('null'),
      await users.find('u'),
      await users.find('u'),
    ]).to.deep.equal([null, null, undefined, undefined])
    expect(users.calls).to.equal(2)
  })

  it('K1 to K4: near misses are apart, equal arguments are one', async () => {
    class Echo {
      calls = 0
      @Cacheable() async of(...args: unknown[]): Promise<number> {
        return ++this.calls + args.length * 0
      }
    }
    const echo = bench().caches.bind(new Echo())
    const apart: unknown[][] = [
      ['a:b', 'c'],
      ['a', 'b:c'],
      ['a'],
      ['a', undefined],
      [1],
      ['1'],
      [true],
      ['true'],
      [null],
      ['null'],
      [undefined],
      [],
      [Number.NaN],
      [1n],
      [{ a: 1 }],
      [{ a: '1' }],
      [[1, 2]],
      [1, 2],
      [new Date(0)],
      [new Map([[1, 2]])],
      [new Set([1])],
      [[undefined]],
      [Array(1)],
    ]
    for (const args of apart) await echo.of(...args)
    expect(echo.calls).to.equal(apart.length)
    await echo.of({ a: 1, b: 2 })
    await echo.of({ b: 2, a: 1 })
    await echo.of(0)
    await echo.of(-0)
    expect(echo.calls).to.equal(apart.length + 2)
  })

  it('K5: an argument that has no stable text is a CacheKeyError that names it', async () => {
    class Files {
      @Cacheable() async read(_name: string, _cb: () => void): Promise<number> {
        return 1
      }
    }
    const error = await rejection(() =>
      bench()
        .caches.bind(new Files())
        .read('a', () => {}),
    )
    expect(error).to.be.instanceOf(CacheKeyError)
    expect(error.message).to.match(/argument 2/)
  })

  it('K12: the key is that from before the call, though the method changes its argument', async () => {
    class Orders {
      calls = 0
      @Cacheable() async total(order: { items: number[] }): Promise<number> {
        this.calls++
        order.items.push(9)
        return order.items.length
      }
    }
    const orders = bench().caches.bind(new Orders())
    await orders.total({ items: [1] })
    await orders.total({ items: [1] })
    expect(orders.calls).to.equal(1)
  })

  it('expires after its ttl, on the monotonic clock: C27, a jump of the wall clock changes nothing', async () => {
    class Users {
      calls = 0
      @Cacheable({ ttl: '10s' }) async find(_id: string): Promise<number> {
        return ++this.calls
      }
    }
    const { caches, clock } = bench()
    const users = caches.bind(new Users())
    await users.find('1')
    clock.jumpWall(3_600_000)
    await clock.advance(9_999)
    expect(await users.find('1')).to.equal(1)
    await clock.advance(1)
    expect(await users.find('1')).to.equal(2)
  })

  it('takes the ttl from the result; 0, negative and NaN are returned, not stored, and told', async () => {
    class Tokens {
      calls = 0
      @Cacheable({ ttl: (t: { life: number }) => t.life }) async get(life: number): Promise<{ life: number }> {
        this.calls++
        return { life }
      }
    }
    const { caches, events } = bench()
    const tokens = caches.bind(new Tokens())
    for (const life of [0, -1, Number.NaN, 50]) {
      await tokens.get(life)
      await tokens.get(life)
    }
    expect(tokens.calls).to.equal(7)
    expect(events.filter((e) => e.type === 'not-stored' && e.why === 'ttl')).to.have.length(6)
  })

  it('condition false behaves as if undecorated; unless vetoes only the storing', async () => {
    class Users {
      calls = 0
      @Cacheable({ condition: (id: string) => id !== 'live', unless: (u: string | null) => u === null })
      async find(id: string): Promise<string | null> {
        this.calls++
        return id === 'none' ? null : id
      }
    }
    const { caches } = bench()
    const users = caches.bind(new Users())
    for (const id of ['live', 'none', 'a']) {
      await users.find(id)
      await users.find(id)
    }
    expect(users.calls).to.equal(5)
    expect(caches.impliedParts('Users').stats.misses).to.equal(3)
  })

  it('C8: 1,000 concurrent misses are one load', async () => {
    const open = gate<string>()
    class Users {
      calls = 0
      @Cacheable() async find(_id: string): Promise<string> {
        this.calls++
        return open.promise
      }
    }
    const { caches } = bench()
    const users = caches.bind(new Users())
    const all = Array.from({ length: 1_000 }, () => users.find('1'))
    open.open('x')
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['x']))
    expect(users.calls).to.equal(1)
    const { hits, misses, stale, joined } = caches.impliedParts('Users').stats
    expect({ reads: hits + misses + stale, joined }).to.deep.equal({ reads: 1_000, joined: 999 })
    expect(caches.impliedParts('Users').flights.size).to.equal(0)
  })

  it("C11: a loader's error reaches all who wait as the same object, is not cached, and the next call retries", async () => {
    const boom = new Error('boom')
    class Users {
      calls = 0
      @Cacheable() async find(_id: string): Promise<string> {
        if (++this.calls === 1) throw boom
        return 'ok'
      }
    }
    const users = bench().caches.bind(new Users())
    const ends = await Promise.allSettled([users.find('1'), users.find('1')])
    expect(ends.map((e) => e.status === 'rejected' && e.reason)).to.deep.equal([boom, boom])
    expect(await users.find('1')).to.equal('ok')
  })

  it('C29: who changes what it got changes nobody else’s: plain data is frozen, dates and maps are copied', async () => {
    class Users {
      @Cacheable() async plain(): Promise<{ tags: string[] }> {
        return { tags: ['a'] }
      }
      @Cacheable() async dated(): Promise<{ at: Date; by: Map<string, number> }> {
        return { at: new Date(5), by: new Map([['a', 1]]) }
      }
    }
    const users = bench().caches.bind(new Users())
    const first = await users.plain()
    expect(() => first.tags.push('b')).to.throw(TypeError)
    const dated = await users.dated()
    dated.at.setTime(9)
    dated.by.set('b', 2)
    const again = await users.dated()
    again.at.setTime(10)
    expect(await users.dated()).to.deep.equal({ at: new Date(5), by: new Map([['a', 1]]) })
  })

  it('C32: right this through super, overrides, statics, self-calls, a Proxy; a detached call runs undecorated', async () => {
    class Base {
      base = 0
      @Cacheable() async find(id: string): Promise<string> {
        this.base++
        return `base ${id} ${this.tag}`
      }
      tag = 't'
      async both(id: string): Promise<string> {
        return this.find(id)
      }
      static calls = 0
      @Cacheable() static async count(n: number): Promise<number> {
        Base.calls++
        return n
      }
    }
    class Derived extends Base {
      own = 0
      @Cacheable() override async find(id: string): Promise<string> {
        this.own++
        return `own ${await super.find(id)}`
      }
    }
    const { caches } = bench()
    const d = caches.bind(new Derived())
    expect(await d.find('1')).to.equal('own base 1 t')
    expect(await d.both('1')).to.equal('own base 1 t')
    expect(await d.find('1')).to.equal('own base 1 t')
    expect({ own: d.own, base: d.base }).to.deep.equal({ own: 1, base: 1 })
    const proxied = new Proxy(d, {})
    expect(await proxied.find('1')).to.equal('own base 1 t')
    expect(d.own).to.equal(1)
    const { find } = caches.bind(Object.assign(new Base(), { tag: 'x' }))
    const plain = await find.call({ base: 0, tag: 'free' } as unknown as Base, '1')
    expect(plain).to.equal('base 1 free')
    caches.bind(Base)
    await Base.count(1)
    await Base.count(1)
    expect(Base.calls).to.equal(1)
  })

  it('C13: a load that asks for its own key does not wait for itself', async () => {
    class Repository {
      calls = 0
      @Cacheable({ cache: 'users', key: (id: string) => ['user', id] }) async find(id: string): Promise<string> {
        this.calls++
        return `r${id}`
      }
    }
    class Service {
      constructor(readonly repository: Repository) {}
      @Cacheable({ cache: 'users', key: (id: string) => ['user', id] }) async find(id: string): Promise<string> {
        return `s${await this.repository.find(id)}`
      }
    }
    const { caches } = bench({ users: {} })
    const service = caches.bind(new Service(caches.bind(new Repository())))
    expect(await service.find('1')).to.equal('sr1')
    expect(await caches.cache('users').get(['user', '1'])).to.equal('r1')
    expect(service.repository.calls).to.equal(1)
  })

  it('keeps a synchronous method synchronous with sync: true; without it the first call says what to write', async () => {
    class Math2 {
      calls = 0
      @Cacheable({ sync: true }) square(n: number): number {
        this.calls++
        return n * n
      }
      @Cacheable() lied(n: number): any {
        return n
      }
    }
    const { caches } = bench()
    const m = caches.bind(new Math2())
    expect([m.square(3), m.square(3), m.calls]).to.deep.equal([9, 9, 1])
    const error = await rejection(() => m.lied(1))
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.match(/Math2\.lied.*sync: true/)
    const over = createCacheManager({ defaults: { store: new Map() as never } })
    expect(() => over.bind(new Math2()).square(2)).to.throw(CacheConfigError, /store: false/)
    await over.close()
  })

  it('K13: two methods that come to one default name in one cache are refused, as are siblings that inherit into one cache', async () => {
    const make = (n: number) => {
      class Users {
        @Cacheable({ cache: 'shared' }) async find(_id: string): Promise<number> {
          return n
        }
      }
      return Users
    }
    const { caches } = bench({ shared: {}, repo: {} })
    const [A, B] = [make(1), make(2)]
    expect(await caches.bind(new A()).find('1')).to.equal(1)
    const error = await rejection(() => caches.bind(new B()).find('1'))
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.match(/Users\.find.*'shared'/)

    @CacheConfig({ cache: 'repo' })
    class Repo {
      @Cacheable({ key: (id: string) => id }) async find(id: string): Promise<string> {
        return `${this.constructor.name} ${id}`
      }
    }
    class Cats extends Repo {}
    class Dogs extends Repo {}
    expect(await caches.bind(new Cats()).find('1')).to.equal('Cats 1')
    const siblings = await rejection(() => caches.bind(new Dogs()).find('1'))
    expect(siblings.message).to.match(/Cats and Dogs.*@CacheConfig\(\{ cache/)
  })

  it('finds cache and freshness of the class upwards; the method wins over the class, the class over the manager', async () => {
    @CacheConfig({ cache: 'users', ttl: '10s' })
    class Users {
      calls = 0
      @Cacheable() async slow(): Promise<number> {
        return ++this.calls
      }
      @Cacheable({ ttl: '1s' }) async quick(): Promise<number> {
        return ++this.calls
      }
    }
    const { caches, clock } = bench({ users: { ttl: '1h' } })
    const users = caches.bind(new Users())
    await users.slow()
    await users.quick()
    await clock.advance(2_000)
    await users.slow()
    await users.quick()
    expect(users.calls).to.equal(3)
    expect(caches.cache('users').stats().entries).to.equal(2)
    await clock.advance(9_000)
    await users.slow()
    expect(users.calls).to.equal(4)
  })

  it('names the nearest cache where one is not configured', async () => {
    class Users {
      @Cacheable({ cache: 'user' }) async find(): Promise<number> {
        return 1
      }
    }
    const error = await rejection(() => bench({ users: {}, stats: {} }).caches.bind(new Users()).find())
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.match(/Users\.find: no cache named 'user'.*'users'/)
  })

  it('keeps the name, length and own properties of the method', () => {
    class Users {
      @Cacheable() async find(_a: string, _b: string): Promise<number> {
        return 1
      }
    }
    const { find } = Users.prototype
    expect([find.name, find.length]).to.deep.equal(['find', 2])
  })

  it('lets decorators of others stand between, above and below: the outermost of ours acts', async () => {
    const seen: string[] = []
    const foreign =
      (name: string) =>
      (a: any, _b: any, c?: any): any => {
        const original = c ? c.value : a
        const wrapped = function (this: unknown, ...args: unknown[]) {
          seen.push(name)
          return original.apply(this, args)
        }
        return c ? { ...c, value: wrapped } : wrapped
      }
    class Users {
      calls = 0
      @foreign('above')
      @Cacheable({ key: (id: string) => id })
      @foreign('between')
      @CacheEvict({ cache: 'other', allEntries: true })
      @foreign('below')
      async find(_id: string): Promise<number> {
        return ++this.calls
      }
    }
    const { caches, events } = bench({ other: {} })
    const users = caches.bind(new Users())
    await users.find('1')
    expect(seen).to.deep.equal(['above', 'between', 'below'])
    expect(events.filter((e) => e.type === 'clear')).to.have.length(1)
    await users.find('1')
    expect(seen).to.deep.equal(['above', 'between', 'below', 'above'])
  })
})
