import { fetches, manager, use, cleanUp } from './kit.js'
import { Cacheable, type CacheManager, createCacheManager, managerOf, setDefaultManager } from '@cachesmith/core'
import { expect } from 'chai'
import { Container, Service } from 'typedi'
import {
  Everywhere,
  Fleeting,
  Greeter,
  Left,
  People,
  peopleToken,
  Plain,
  type Right,
  WithProperty,
} from './services.js'

describe('useTypedi', () => {
  let caches: CacheManager
  beforeEach(() => {
    caches = manager('people', 'greetings')
  })
  afterEach(async () => {
    cleanUp()
    setDefaultManager(undefined)
    await caches.close()
  })

  it('gives an injected service its manager before its consumer calls it in a constructor', async () => {
    use(Container, caches)
    const greeter = Container.get(Greeter)
    expect(await greeter.first).to.equal('person 1')
    expect(await greeter.people.find('1')).to.equal('person 1')
    expect(greeter.people.source).to.equal(1)
    expect(fetches(caches, 'people')).to.equal(1)
  })

  it('serves a decorated method that the service calls in its own constructor', async () => {
    use(Container, caches)
    const greeter = Container.get(Greeter)
    expect(await greeter.own).to.equal('hello person 1')
    expect(fetches(caches, 'greetings')).to.equal(1)
    expect(managerOf(Greeter.prototype)).to.equal(undefined)
  })

  it('leaves nothing on the prototype when a constructor throws', () => {
    @Service()
    class Broken {
      constructor() {
        throw new RangeError('no')
      }
      @Cacheable({ cache: 'people' })
      async find(): Promise<void> {}
    }
    use(Container, caches)
    expect(() => Container.get(Broken)).to.throw(RangeError, 'no')
    expect(managerOf(Broken.prototype)).to.equal(undefined)
    Container.remove(Broken)
  })

  it('binds what is injected into properties, circles too', async () => {
    use(Container, caches)
    expect(managerOf(Container.get(WithProperty).people)).to.equal(caches)
    const left = Container.get(Left)
    expect(await (left.right as Right).seen).to.equal('left 1')
    expect(fetches(caches, 'people')).to.equal(1)
  })

  it('binds each transient instance', () => {
    use(Container, caches)
    const [one, other] = [Container.get(Fleeting), Container.get(Fleeting)]
    expect(one).not.to.equal(other)
    expect([managerOf(one), managerOf(other)]).to.deep.equal([caches, caches])
  })

  it('binds values that are set by hand, before and after, and what factories make, promised or not', async () => {
    const [early, late, handBound] = [new People(), new People(), new People()]
    const other = createCacheManager()
    Container.set('early', early)
    use(Container, caches)
    Container.set(peopleToken, late)
    Container.set('bound', other.bind(handBound))
    Container.set({ id: 'made', factory: () => new People() })
    Container.set({ id: 'promised', factory: async () => new People() })
    for (const value of [1, null, 'text', Object.freeze({}), People]) Container.set('odd', value)
    expect(managerOf(early)).to.equal(caches)
    expect(managerOf(Container.get(peopleToken))).to.equal(caches)
    expect(managerOf(Container.get<People>('made'))).to.equal(caches)
    expect(managerOf(await Container.get<Promise<People>>('promised'))).to.equal(caches)
    expect(managerOf(handBound)).to.equal(other)
    Container.remove(['early', 'bound', 'made', 'promised', 'odd', peopleToken])
  })

  it('leaves services without decorated methods alone', () => {
    use(Container, caches)
    expect(Reflect.ownKeys(Container.get(Plain))).to.deep.equal([])
  })

  it('knows a method whose wrapper a foreign decorator replaced', () => {
    const foreign = (_: object, __: string, d: PropertyDescriptor) => ({
      ...d,
      value: (...args: unknown[]) => d.value(...args),
    })
    @Service()
    class Wrapped {
      @foreign
      @Cacheable({ cache: 'people' })
      async find(id: string): Promise<string> {
        return id
      }
    }
    use(Container, caches)
    expect(managerOf(Container.get(Wrapped))).to.equal(caches)
    Container.remove(Wrapped)
  })

  it('binds classes of the default container for their static methods, until it is undone', async () => {
    const undo = use(Container, caches)
    expect(await People.count()).to.equal(7)
    expect(fetches(caches, 'people')).to.equal(1)
    @Service()
    class Later {
      @Cacheable({ cache: 'people' })
      static async find(): Promise<void> {}
    }
    expect(managerOf(Later)).to.equal(caches)
    undo()
    expect([managerOf(People), managerOf(Later)]).to.deep.equal([undefined, undefined])
    Container.remove(Later)
  })

  describe('several containers', () => {
    it('covers containers that exist or come later', () => {
      const a = Container.of('a')
      use(Container, caches)
      const made = [Container, a, Container.of('b')].map((c) => c.get(People))
      expect(new Set(made).size).to.equal(3)
      expect(made.map(managerOf)).to.deep.equal([caches, caches, caches])
    })

    it('gives a container its own manager, in either order, after a reset too', () => {
      const [forA, forB] = [manager('people'), manager('people')]
      use(Container.of('a'), forA)
      use(Container, caches)
      use(Container.of('b'), forB)
      const managers = () => [Container, Container.of('a'), Container.of('b')].map((c) => managerOf(c.get(People)))
      expect(managers()).to.deep.equal([caches, forA, forB])
      Container.reset('a')
      Container.reset()
      expect(managers()).to.deep.equal([caches, forA, forB])
    })

    it('counts a global service to the default container, whoever builds it', () => {
      use(Container, caches)
      use(Container.of('a'), manager('people'))
      expect(managerOf(Container.of('a').get(Everywhere))).to.equal(caches)
    })

    it('leaves other containers alone when one alone is used', () => {
      use(Container.of('a'), caches)
      expect(managerOf(Container.get(People))).to.equal(undefined)
      expect(managerOf(People)).to.equal(undefined)
    })
  })

  it('is undone: typedi is as it was, built instances keep their manager', () => {
    const methods = () =>
      ['set', 'getServiceValue', 'initializeParams', 'applyPropertyHandlers'].map(
        (name) => Object.getPrototypeOf(Container.of())[name],
      )
    const before = methods()
    const undo = use(Container, caches)
    const built = Container.get(People)
    expect(methods()).not.to.deep.equal(before)
    undo()
    undo()
    expect(methods()).to.deep.equal(before)
    expect(managerOf(built)).to.equal(caches)
    Container.reset()
    expect(managerOf(Container.get(People))).to.equal(undefined)
  })
})
