import { assert } from 'chai'
import { createCacheManager } from '#core/manager/manager.js'
import { keyvStore } from '#core/store/keyv.js'
import { FakeClock } from '#core/testing/fake-clock.js'
import { FaultyStore } from '#core/testing/faulty-store.js'

describe('a cache without memory over a store that others share', () => {
  it('asks for no news of others: there is nothing that they could outdate', async () => {
    const clock = new FakeClock()
    const store = new FaultyStore(keyvStore(new Map(), { shared: true }), clock)
    const caches = createCacheManager({ clock, store, caches: { users: { memory: false } } })
    const users = caches.cache<number>('users')
    for (let times = 0; times < 3; times++) {
      await users.getOrLoad('a', async () => 1)
      assert.deepEqual(await users.getMany(['a', 'b']), [1, undefined])
      await users.peek('a')
      await clock.advance(2_000)
    }
    assert.equal(store.calls('poll'), 0)
    assert.isAbove(store.calls('read'), 0)
    await caches.close()
  })
})
