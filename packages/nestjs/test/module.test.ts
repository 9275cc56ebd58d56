import { closeAll, loads, manager, start } from './kit.js'
import { type CacheManager, createCacheManager, managerOf, setDefaultManager } from '@cachesmith/core'
import { CACHES, CachesmithModule, InjectCaches } from '@cachesmith/nestjs'
import { Inject, Injectable, Module } from '@nestjs/common'
import { expect } from 'chai'
import type { AddressInfo } from 'node:net'
import { AnswersController, Early, Fleeting, People, PeopleController, PerRequest, WithStatic } from './services.js'

describe('CachesmithModule', () => {
  let caches: CacheManager
  beforeEach(() => {
    caches = manager('people')
  })
  afterEach(async () => {
    setDefaultManager(undefined)
    await closeAll()
    await caches.close()
  })

  it('binds what Nest builds, singletons and their consumers', async () => {
    const app = await start({ imports: [CachesmithModule.forRoot(caches)], providers: [People, Early] })
    const people = app.get(People)
    expect(managerOf(people)).to.equal(caches)
    expect(await people.find('1')).to.equal(await app.get(Early).people.find('1'))
    expect(loads(caches, 'people')).to.equal(1)
  })

  it('serves calls from start hooks, in whatever order modules start', async () => {
    const app = await start({ imports: [CachesmithModule.forRoot(caches)], providers: [Early, People] })
    const early = app.get(Early)
    expect(early.started).to.deep.equal({ id: '1', asked: 1 })
    expect(await early.people.find('1')).to.deep.equal({ id: '1', asked: 1 })
    expect(loads(caches, 'people')).to.equal(1)
  })

  it('makes a manager of options, for each application its own, and injects it', async () => {
    @Injectable()
    class Looks {
      constructor(
        @InjectCaches() readonly caches: CacheManager,
        @Inject(CACHES) readonly same: CacheManager,
      ) {}
    }
    const module = CachesmithModule.forRoot({ caches: { people: { ttl: '1m' } } })
    const [one, other] = [
      await start({ imports: [module], providers: [People, Looks] }),
      await start({ imports: [module], providers: [People, Looks] }),
    ]
    const [a, b] = [one.get(Looks).caches, other.get(Looks).caches]
    expect(a).to.equal(one.get(Looks).same)
    expect(a).not.to.equal(b)
    expect([managerOf(one.get(People)), managerOf(other.get(People))]).to.deep.equal([a, b])
  })

  it('takes options from other providers', async () => {
    @Injectable()
    class Settings {
      readonly ttl = '2m'
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const root = CachesmithModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: async ({ ttl }: Settings) => ({ caches: { people: { ttl: ttl as '2m' } } }),
    })
    const app = await start({ imports: [root], providers: [People] })
    await app.get(People).find('1')
    const entry = await managerOf(app.get(People))!.cache('people').peek(['person', '1'])
    expect(entry!.expiresAt - entry!.createdAt).to.equal(120_000)
  })

  it('binds instances of one request, transient ones, controllers and cached routes', async () => {
    const app = await start({
      imports: [CachesmithModule.forRoot(caches)],
      providers: [People, PerRequest, Fleeting],
      controllers: [PeopleController, AnswersController],
    })
    await app.listen(0, '127.0.0.1')
    const at = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`
    const get = async (path: string): Promise<unknown> => (await fetch(at + path)).json()
    const before = PerRequest.made
    const first = (await get('/people/1')) as { greeting: string }
    expect(await get('/people/1')).to.deep.equal(first)
    expect(PerRequest.made).to.equal(before + 2)
    expect(first.greeting).to.equal(`hello 1 from ${before + 1}`)
    expect([await get('/answers/1'), await get('/answers/1')]).to.deep.equal([
      { id: '1', asked: 1 },
      { id: '1', asked: 1 },
    ])
    expect(managerOf(await app.resolve(Fleeting))).to.equal(caches)
    expect(loads(caches, 'people')).to.equal(3)
  })

  it('binds classes for their static methods until the application ends', async () => {
    const app = await start({ imports: [CachesmithModule.forRoot(caches, { close: false })], providers: [WithStatic] })
    expect([await WithStatic.count(), await WithStatic.count()]).to.deep.equal([7, 7])
    expect(loads(caches, 'people')).to.equal(1)
    await app.close()
    expect(managerOf(WithStatic)).to.equal(undefined)
    expect(managerOf(People.prototype)).to.equal(undefined)
  })

  it('leaves an instance that was bound by hand to its manager', async () => {
    const other = manager('people')
    const mine = other.bind(new People())
    await start({ imports: [CachesmithModule.forRoot(caches)], providers: [{ provide: People, useValue: mine }] })
    expect(managerOf(mine)).to.equal(other)
    await other.close()
  })

  it('binds values and products of factories', async () => {
    const app = await start({
      imports: [CachesmithModule.forRoot(caches)],
      providers: [
        { provide: 'value', useValue: new People() },
        { provide: 'made', useFactory: async () => new People() },
      ],
    })
    expect([managerOf(app.get('value')), managerOf(app.get('made'))]).to.deep.equal([caches, caches])
  })

  it('closes its manager with the application, or leaves it open', async () => {
    const kept = await start({ imports: [CachesmithModule.forRoot(caches, { close: false })], providers: [People] })
    await kept.close()
    const owner = createCacheManager()
    const deadlines: unknown[] = []
    const closing = (of: CacheManager): void => {
      const close = of.close.bind(of)
      of.close = (options) => {
        deadlines.push(options?.deadline)
        return close(options)
      }
    }
    closing(caches)
    closing(owner)
    const app = await start({ imports: [CachesmithModule.forRoot(owner, { deadline: '3s' })] })
    await app.close()
    expect(deadlines).to.deep.equal(['3s'])
  })
})
