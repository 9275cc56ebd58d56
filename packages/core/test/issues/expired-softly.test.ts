import { createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, gate } from '../decorators/kit.js'
import { Adapter } from '../store/adapter.js'

describe('expire', () => {
  it('is seen by a read in the same turn of the event loop, on the coarse clock of the machine', async () => {
    const caches = createCacheManager({ caches: { users: { ttl: '1h' } } })
    const users = caches.cache<number>('users')
    await users.getOrLoad('a', () => 1, { tags: ['t'] })
    await new Promise((resolve) => setImmediate(resolve))
    await users.get('a')
    const until = performance.now() + 2
    while (performance.now() < until);
    await users.expire('a')
    expect(await users.getOrLoad('a', () => 2, { tags: ['t'] })).to.equal(2)
    while (performance.now() < until + 2);
    await users.expireTags(['t'])
    expect(await users.getOrLoad('a', () => 3)).to.equal(3)
  })

  it('reaches what another call read from the store while it was under way', async () => {
    const adapter = new Adapter()
    const first = createCacheManager({ clock: new FakeClock(), store: keyvStore(adapter), caches: { users: {} } })
    await first.cache('users').put('a', 'old')
    const caches = createCacheManager({
      clock: new FakeClock(),
      store: keyvStore(adapter, { shared: false }),
      caches: { users: {} },
    })
    const users = caches.cache<string>('users')
    const open = gate()
    const set = adapter.set.bind(adapter)
    adapter.set = async (...args) => {
      await open.promise
      return set(...args)
    }
    const expiring = users.expire('a')
    await new Promise((resolve) => setImmediate(resolve))
    expect(await users.get('a')).to.equal('old')
    open.open()
    await expiring
    expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
  })

  it('by tag counts from the expiry, not from the first look after it: no stale value beyond staleWhileRevalidate', async () => {
    const { caches, clock } = bench({ users: { ttl: '1h', staleWhileRevalidate: '10s' } })
    const users = caches.cache<number>('users')
    await users.put('a', 1, { tags: ['t'] })
    await users.put('b', 1, { tags: ['t'] })
    await users.expireTags(['t'])
    await clock.advance(5_000)
    expect(await users.getOrLoad('a', () => 2)).to.equal(1)
    await clock.advance(6_000)
    expect(await users.getOrLoad('b', () => 2)).to.equal(2)
  })

  it('a put after it in one transaction is kept', async () => {
    for (const store of [false, keyvStore(new Map())] as const) {
      const users = bench({ users: { store } })
      const cache = users.caches.cache<number>('users')
      await cache.put('a', 1, { tags: ['t'] })
      await users.caches.transaction(async () => {
        await cache.expire('a')
        await cache.put('a', 2)
      })
      expect(await cache.get('a'), store ? store.name : 'memory').to.equal(2)
    }
  })
})
