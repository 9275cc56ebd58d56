import { manager, use, cleanUp } from './kit.js'
import { Cacheable, CacheConfigError, type CacheManager, managerOf, setDefaultManager } from '@cachesmith/core'
import { useTypedi } from '@cachesmith/typedi'
import { expect } from 'chai'
import { Container, Service } from 'typedi'
import { Greeter, People, Plain } from './services.js'

describe('useTypedi refuses', () => {
  let caches: CacheManager
  beforeEach(() => {
    caches = manager('people', 'greetings')
  })
  afterEach(cleanUp)

  it('a container that has built decorated services, and names them', () => {
    Container.get(Greeter)
    Container.get(Plain)
    expect(() => use(Container, caches)).to.throw(
      CacheConfigError,
      /already built (People, Greeter|Greeter, People),.*Call useTypedi first/,
    )
    Container.reset()
    use(Container, caches)
    expect(managerOf(Container.get(People))).to.equal(caches)
  })

  it('as much in a nested container, but not in one with its own manager', () => {
    Container.of('a').get(People)
    expect(() => use(Container, caches)).to.throw(CacheConfigError, 'People')
    Container.reset('a')
    use(Container.of('a'), manager('people'))
    Container.of('a').get(People)
    use(Container, caches)
  })

  it('another manager for the same container until the first is undone; the same one changes nothing', () => {
    const undo = use(Container, caches)
    use(Container.of(), caches)
    const other = manager('people')
    expect(() => use(Container, other)).to.throw(CacheConfigError, "'default' has another manager")
    Container.get(People)
    undo()
    expect(() => use(Container, other)).to.throw(CacheConfigError, 'People')
    Container.reset()
    use(Container, other)
    expect(managerOf(Container.get(People))).to.equal(other)
  })

  it('a service with standard decorators, unless a factory makes it', () => {
    const decorate = Cacheable({ cache: 'people' }) as (method: unknown, context: unknown) => unknown
    for (const metadata of [{}, undefined]) {
      class Standard {
        async find(id: string): Promise<string> {
          return id
        }
      }
      const context = { kind: 'method', name: 'find', static: false, private: false, metadata, addInitializer() {} }
      const find = decorate(Standard.prototype.find, context)
      Object.defineProperty(Standard.prototype, 'find', { value: find, configurable: true, writable: true })
      if (metadata) Object.defineProperty(Standard, Symbol.metadata, { value: metadata })
      Container.set({ id: Standard, type: Standard })
      const undo = use(Container, caches)
      expect(() => Container.get(Standard)).to.throw(
        CacheConfigError,
        /Standard is compiled with standard.*emitDecoratorMetadata/,
      )
      Container.set({ id: Standard, type: Standard, factory: () => new Standard() })
      expect(managerOf(Container.get(Standard))).to.equal(caches)
      Container.remove(Standard)
      undo()
    }
  })

  it('to inject undefined, as a circular import leaves it', () => {
    @Service()
    class Circular {
      constructor(readonly people: People) {}
    }
    Reflect.defineMetadata('design:paramtypes', [undefined], Circular)
    use(Container, caches)
    expect(() => Container.get(Circular)).to.throw(
      CacheConfigError,
      /parameter 1 of Circular's constructor.*circular import/,
    )
    Container.remove(Circular)
  })

  it('what is no container, and a frozen instance that would miss its manager', () => {
    expect(() => useTypedi({} as never, caches)).to.throw(CacheConfigError, 'no container of typedi')
    use(Container, caches)
    expect(() => Container.set('frozen', Object.freeze(new People()))).to.throw(CacheConfigError, 'frozen')
    Container.set('frozen', Object.freeze(caches.bind(new People())))
    setDefaultManager(caches)
    Container.set('frozen', Object.freeze(new People()))
    setDefaultManager(undefined)
    Container.remove('frozen')
  })
})
