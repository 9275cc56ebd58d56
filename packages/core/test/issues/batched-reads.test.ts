import { CacheableMany, CacheConfigError, createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, rejection } from '../decorators/kit.js'
import { Adapter } from '../store/adapter.js'

describe('@CacheableMany', () => {
  it('asks the store for all ids at once', async () => {
    class Users {
      @CacheableMany({ cache: 'users', key: (id: string) => ['user', id] }) async findMany(
        ids: string[],
      ): Promise<string[]> {
        return ids
      }
    }
    const adapter = new Adapter()
    const reads: number[] = []
    Object.assign(adapter, {
      getMany: async (keys: string[]) => {
        reads.push(keys.length)
        return keys.map((key) => adapter.kept.get(key))
      },
    })
    const start = () =>
      createCacheManager({
        clock: new FakeClock(),
        store: keyvStore(adapter, { shared: false }),
        caches: { users: {} },
      })
    const before = start()
    await before.cache('users').put('first', 'makes the tokens of the cache')
    await before.bind(new Users()).findMany(['a', 'b', 'c'])
    for (const inside of [false, true]) {
      const caches = start()
      await caches.ready()
      const users = caches.bind(new Users())
      reads.length = 0
      const ask = () => users.findMany(['a', 'b', 'c'])
      expect(await (inside ? caches.transaction(ask) : ask())).to.deep.equal(['a', 'b', 'c'])
      // One read for entries and tokens; one more call of the method's own, to learn how it answers, reads nothing.
      expect(reads, String(inside)).to.have.length(1)
      expect(caches.cache('users').stats()).to.include({ hits: 3, misses: 0 })
    }
  })

  it('an answer that is neither list nor Map nor plain record is refused, not taken for a record without ids', async () => {
    class Users {
      @CacheableMany({ cache: 'users', key: (id: string) => id }) async findMany(_ids: string[]): Promise<string[]> {
        return new Date() as never
      }
    }
    const { caches } = bench({ users: {} })
    const error = await rejection(() => caches.bind(new Users()).findMany(['a']))
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.match(/findMany.*answered an instance of Date.*a list, a Map or a record/)
    expect(caches.cache('users').stats().entries).to.equal(0)
  })

  it('what is no list is refused by name in getOrLoadMany too', async () => {
    const users = bench({ users: {} }).caches.cache<number>('users')
    const error = await rejection(() => users.getOrLoadMany(7 as never, () => []))
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.match(/getOrLoadMany.*list of ids/)
  })
})
