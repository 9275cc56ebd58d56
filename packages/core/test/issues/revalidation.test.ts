import { createCacheManager, keyvStore, CacheableMany } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { gate } from '../decorators/kit.js'

function stored() {
  const clock = new FakeClock()
  const caches = createCacheManager({
    clock,
    store: keyvStore(new Map()),
    caches: { users: { memory: false, ttl: '10s', staleWhileRevalidate: '1m' } },
  })
  return { clock, caches }
}

describe('staleWhileRevalidate of what only the store holds', () => {
  it('callers are served the stale value all the while that it is refreshed', async () => {
    const { clock, caches } = stored()
    const users = caches.cache<number>('users')
    let loads = 0
    const open = gate()
    const ask = () =>
      users.getOrLoad('a', async () => {
        if (++loads > 1) await open.promise
        return loads
      })
    await ask()
    await clock.advance(11_000)
    expect(await ask()).to.equal(1)
    await clock.advance(1)
    expect(loads).to.equal(2)
    expect(await Promise.race([ask(), clock.advance(5).then(() => 'it waits for the refresh')])).to.equal(1)
    open.open()
    await caches.flush()
    expect([await ask(), loads]).to.deep.equal([2, 2])
  })

  it('several stale ids are refreshed by one call', async () => {
    class Users {
      asked: string[][] = []
      @CacheableMany({ cache: 'users', key: (id: string) => id }) async findMany(ids: string[]): Promise<string[]> {
        this.asked.push(ids)
        return ids
      }
    }
    const { clock, caches } = stored()
    const users = caches.bind(new Users())
    await caches.cache('users').put('first', 'makes the tokens of the cache')
    await users.findMany(['a', 'b', 'c'])
    await clock.advance(11_000)
    await users.findMany(['a', 'b', 'c'])
    await caches.flush()
    expect(users.asked).to.deep.equal([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
  })
})
