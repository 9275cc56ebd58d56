import { CacheableMany, createCacheManager, keyvStore, type Store, StoreError } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

/** A method that halves what it is asked for before its first await, as one does for a database that takes few parameters. */
class Halving {
  asked: string[][] = []
  @CacheableMany({ cache: 'users', key: (id: string) => ['user', id] })
  async findMany(ids: string[]): Promise<string[]> {
    this.asked.push(ids)
    if (ids.length <= 1) return ids.map((id) => `u${id}`)
    const middle = ids.length >> 1
    const halves = [this.findMany(ids.slice(0, middle)), this.findMany(ids.slice(middle))]
    return (await Promise.all(halves)).flat()
  }
  @CacheableMany({ cache: 'users', key: (id: string) => ['twice', id] })
  async twice(ids: string[]): Promise<string[]> {
    this.asked.push(ids)
    if (this.asked.length > 1) return ids.map((id) => `t${id}`)
    await Promise.all([this.twice(ids.slice(0, 1)), this.twice(ids)])
    return ids.map((id) => `t${id}`)
  }
}

describe('a batched method that calls itself before its first await never waits for itself', () => {
  it('a first inner call of an id does not let a second one join the outer load', async () => {
    const { caches } = bench({ users: {} })
    const service = caches.bind(new Halving())
    expect(await service.twice(['a', 'b'])).to.deep.equal(['ta', 'tb'])
  })

  it('also while the store is down, when each read asks first whether memory may be trusted', async () => {
    const inner = keyvStore(new Map(), { shared: true })
    const down = new Proxy({} as ReturnType<Store['cache']>, {
      get: () => () => Promise.reject(new StoreError('down')),
    })
    const store: Store = { ...inner, cache: () => down }
    const caches = createCacheManager({ clock: new FakeClock(), store, caches: { users: {} } })
    const service = caches.bind(new Halving())
    expect(await service.findMany(['a', 'b', 'c', 'd'])).to.deep.equal(['ua', 'ub', 'uc', 'ud'])
  })
})
