import { Cacheable, CacheableMany, CacheConfig } from '@cachesmith/core'
import { expect } from 'chai'
import { inWorlds } from './worlds.js'

const key = (id: string) => ['user', id]
const cached = { cache: 'users', key }

class Repository {
  calls: string[] = []
  @Cacheable(cached) async find(id: string): Promise<string> {
    this.calls.push(`repository ${id}`)
    await Promise.resolve()
    return `r${id}`
  }
}

describe('scenarios: a load that asks for its own key, and odd ways to call', () => {
  inWorlds('C13 an override that calls super does not wait for itself', async ({ process }) => {
    class Special extends Repository {
      @Cacheable(cached) override async find(id: string): Promise<string> {
        this.calls.push(`special ${id}`)
        await Promise.resolve()
        return `s${await super.find(id)}`
      }
    }
    const { caches } = process()
    const special = caches.bind(new Special())
    expect(await Promise.all([special.find('1'), special.find('1')])).to.deep.equal(['sr1', 'sr1'])
    await special.find('1')
    expect(special.calls).to.deep.equal(['special 1', 'repository 1'])
  })

  inWorlds('C13 a service over a repository on one key does not wait for itself', async ({ process }) => {
    class Service {
      constructor(readonly repository: Repository) {}
      @Cacheable(cached) async find(id: string): Promise<string> {
        return `s${await this.repository.find(id)}`
      }
    }
    const { caches, users } = process()
    const service = caches.bind(new Service(caches.bind(new Repository())))
    expect(await Promise.all([service.find('1'), service.find('1'), service.repository.find('1')])).to.deep.equal([
      'sr1',
      'sr1',
      'r1',
    ])
    expect(service.repository.calls).to.deep.equal(['repository 1'])
    expect(await users.get(key('1')), 'the first fill wins').to.equal('r1')
  })

  inWorlds(
    'C13 a find built on findMany, and a findMany built on find, do not wait for themselves',
    async ({ process }) => {
      class Batched {
        calls: string[] = []
        @Cacheable(cached) async find(id: string): Promise<string> {
          this.calls.push(`one ${id}`)
          return (await this.findMany([id]))[0]!
        }
        @CacheableMany(cached) async findMany(ids: string[]): Promise<string[]> {
          this.calls.push(`many ${ids.join()}`)
          return ids.map((id) => `m${id}`)
        }
        @CacheableMany({ cache: 'users', key: (id: string) => ['other', id] })
        async each(ids: string[]): Promise<string[]> {
          this.calls.push(`each ${ids.join()}`)
          return Promise.all(ids.map((id) => this.single(id)))
        }
        @Cacheable({ cache: 'users', key: (id: string) => ['other', id] }) async single(id: string): Promise<string> {
          this.calls.push(`single ${id}`)
          return `e${id}`
        }
      }
      const { caches } = process()
      const batched = caches.bind(new Batched())
      expect(await batched.find('1')).to.equal('m1')
      expect(await batched.findMany(['1', '2'])).to.deep.equal(['m1', 'm2'])
      expect(await batched.find('2')).to.equal('m2')
      expect(await batched.each(['1', '2'])).to.deep.equal(['e1', 'e2'])
      expect(await batched.single('1')).to.equal('e1')
      expect(batched.calls).to.deep.equal(['one 1', 'many 1', 'many 2', 'each 1,2', 'single 1', 'single 2'])
    },
  )

  class Base {
    calls: string[] = []
    tag = 't'
    @Cacheable({ cache: 'users' }) async find(id: string): Promise<string> {
      this.calls?.push(`base ${id}`)
      return `base ${id} ${this.tag}`
    }
    async both(id: string): Promise<string> {
      return this.find(id)
    }
  }
  class Derived extends Base {
    @Cacheable({ cache: 'users' }) override async find(id: string): Promise<string> {
      this.calls.push(`own ${id}`)
      return `own ${await super.find(id)}`
    }
  }

  inWorlds('C32 super, an override and a self-call: the right this, an entry for each method', async ({ process }) => {
    const { caches } = process()
    const derived = caches.bind(new Derived())
    const base = caches.bind(new Base())
    for (let n = 0; n < 2; n++) {
      expect(await derived.find('1')).to.equal('own base 1 t')
      expect(await derived.both('1')).to.equal('own base 1 t')
      expect(await base.find('1')).to.equal('base 1 t')
    }
    expect([derived.calls, base.calls]).to.deep.equal([['own 1', 'base 1'], []])
  })

  inWorlds('C32 a Proxy around the instance: the right this, the same entries', async ({ process }) => {
    const { caches } = process()
    const target = caches.bind(new Base())
    const seen: PropertyKey[] = []
    const proxy = new Proxy(target, {
      get: (on, name, self) => {
        seen.push(name)
        return name === 'tag' ? 'proxied' : Reflect.get(on, name, self)
      },
    })
    expect(await proxy.find('1')).to.equal('base 1 proxied')
    expect(await target.find('1')).to.equal('base 1 proxied')
    expect([seen.includes('tag'), target.calls]).to.deep.equal([true, ['base 1']])
  })

  inWorlds('C32 a static is cached, and one that is inherited is called on its own class', async ({ process }) => {
    @CacheConfig({ cache: 'users' })
    class Counter {
      static calls: string[] = []
      static label = 'counter'
      @Cacheable() static async count(n: number): Promise<string> {
        // biome-ignore lint/complexity/noThisInStatic: the class that it is called on is what is shown
        Counter.calls.push(`${this.label} ${n}`)
        // biome-ignore lint/complexity/noThisInStatic: the class that it is called on is what is shown
        return `${this.label} ${n}`
      }
    }
    class Child extends Counter {
      static override label = 'child'
      static async twice(n: number): Promise<string> {
        // biome-ignore lint/complexity/noThisInStatic: the class that it is called on is what is shown
        return super.count(n)
      }
    }
    const { caches } = process()
    caches.bind(Counter)
    for (let n = 0; n < 2; n++) expect(await Counter.count(1)).to.equal('counter 1')
    expect(Counter.calls).to.deep.equal(['counter 1'])
    for (let n = 0; n < 2; n++) expect(await Child.twice(2)).to.equal('child 2')
    expect(Counter.calls).to.deep.equal(['counter 1', 'child 2'])
  })

  inWorlds(
    'C32 a detached call runs undecorated: the method’s own error or answer, none of ours',
    async ({ process }) => {
      const { caches, users } = process()
      class Pure {
        calls = 0
        @Cacheable({ cache: 'users' }) async twice(n: number): Promise<number> {
          return n * 2
        }
        @Cacheable({ cache: 'users' }) async needs(): Promise<number> {
          return ++this.calls
        }
      }
      const { twice, needs } = caches.bind(new Pure())
      expect([await twice(2), await twice(2)]).to.deep.equal([4, 4])
      const error = await needs().then(
        () => undefined,
        (e: unknown) => e,
      )
      expect(error).to.be.instanceOf(TypeError)
      expect(await twice.call(null as never, 3)).to.equal(6)
      expect(await twice.call({} as never, 4)).to.equal(8)
      expect(users.stats()).to.include({ hits: 0, misses: 0 })
    },
  )
})
