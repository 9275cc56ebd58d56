import { createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'

describe('a wall clock that is put back while a store holds entries', () => {
  it('makes none of them outlive its ttl by so much', async () => {
    const clock = new FakeClock()
    const caches = createCacheManager({
      clock,
      store: keyvStore(new Map() as never),
      caches: { users: { ttl: '10s', memory: false } },
    })
    const users = caches.cache<number>('users')
    await users.getOrLoad('a', () => 1)
    clock.jumpWall(-3_600_000)
    await clock.advance(11_000)
    expect(await users.get('a')).to.equal(undefined)
    expect(await users.getOrLoad('a', () => 2)).to.equal(2)
    expect(await users.get('a')).to.equal(2)
    await caches.close()
  })

  it('while the clocks of two machines may differ by seconds', async () => {
    const kept = new Map() as never
    const on = (ahead: number) =>
      createCacheManager({ clock: new FakeClock(Date.UTC(2030, 0, 1) + ahead), store: kept, caches: { users: {} } })
    const [fast, slow] = [on(5_000), on(0)]
    await fast.cache('users').put('a', 1)
    expect(await slow.cache('users').get('a')).to.equal(1)
  })
})
