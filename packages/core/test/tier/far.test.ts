import { assert } from 'chai'
import type { CacheEvent } from '#core/kernel/events.js'
import { createCacheManager } from '#core/manager/manager.js'
import { keyvStore } from '#core/store/keyv.js'
import { FakeClock } from '#core/testing/fake-clock.js'
import { FaultyStore } from '#core/testing/faulty-store.js'

/** A process with a cache that has no memory, over a store that can be made to fail. */
function make() {
  const clock = new FakeClock()
  const store = new FaultyStore(keyvStore(new Map()), clock)
  const caches = createCacheManager({ clock, store, caches: { users: { memory: false, ttl: '1h' } } })
  const users = caches.cache<string>('users')
  const events: CacheEvent[] = []
  caches.observe({ on: (event) => events.push(event) })
  const source = { value: 'old', loads: 0 }
  const find = (key = 'a') =>
    users.getOrLoad(key, async () => {
      source.loads++
      return source.value
    })
  return { clock, store, caches, users, source, find, events }
}

/** How long a call takes on the fake clock, looked at every 10 ms. */
async function took(clock: FakeClock, work: Promise<unknown>): Promise<number> {
  const from = clock.monotonic()
  let end: number | undefined
  const note = () => {
    end ??= clock.monotonic()
  }
  work.then(note, note)
  await clock.advance(0)
  while (end === undefined) await clock.advance(10)
  return end - from
}

describe('a store out of order', () => {
  it('R7 costs the calls under way their budget once, and later ones nothing', async () => {
    const { clock, store, caches, find } = make()
    await find()
    store.when().takes(2_000)
    const together = await Promise.all(['a', 'b', 'c'].map((key) => took(clock, find(key))))
    assert.isAtMost(Math.max(...together), 210)
    const { timers } = clock
    for (let times = 0; times < 100; times++) assert.equal(await took(clock, find(`late ${times}`)), 0)
    assert.equal(clock.timers, timers, 'a call makes no timer while the breaker is open')
    store.when().heals()
    await caches.close()
  })

  it('R7 lets a burst that queues be answered, each 90 ms after the one before', async () => {
    const { clock, store, caches, users, find, events } = make()
    await find()
    const burst: Promise<unknown>[] = []
    for (let place = 1; place <= 8; place++) {
      store.when('evict').takes(90 * place)
      burst.push(users.evict(`key ${place}`))
      await clock.advance(0)
    }
    await clock.advance(720)
    await Promise.all(burst)
    assert.isEmpty(events.filter(({ type }) => type === 'store-error'))
    assert.equal(caches.health().stores[0]?.state, 'reachable')
    store.when().heals()
    await caches.close()
  })

  it('R7 is not left alone for one late answer among many, but for a silence', async () => {
    const { clock, store, caches, users, find, events } = make()
    await find()
    const state = () => caches.health().stores[0]?.state
    const errors = () => events.filter(({ type }) => type === 'store-error').length
    store.when('begin').takes(2_000)
    const late = find('late')
    for (let times = 0; times < 5; times++) {
      await users.peek('a')
      await clock.advance(50)
    }
    await late
    assert.equal(errors(), 1)
    assert.equal(state(), 'reachable')
    store.when().takes(2_000)
    assert.isAtMost(await took(clock, find('silent')), 210)
    assert.equal(state(), 'unreachable')
    store.when().heals()
    await caches.close()
  })

  it('R2 fails fast when it refuses, and R4 is used again within a second of its return', async () => {
    const { clock, store, caches, source, find } = make()
    await find()
    store.when().fails()
    for (let times = 0; times < 20; times++) await find()
    store.forgetsCalls()
    for (let times = 0; times < 1_000; times++) await find()
    assert.equal(store.calls(), 0)
    await clock.advance(60_000)
    store.when().heals()
    await clock.advance(1_000)
    source.loads = 0
    await find()
    assert.equal(source.loads, 0)
    await caches.close()
    assert.equal(clock.timers, 0)
  })

  it('C14 is paid what it is owed before it is believed, whatever it answers meanwhile', async () => {
    const { clock, store, caches, users, source, find } = make()
    await find()
    store.when('evict').fails()
    source.value = 'new'
    await users.evict('a')
    for (let times = 0; times < 20; times++) {
      assert.equal(await find(), 'new')
      await clock.advance(100)
    }
    store.when('evict').heals().holds()
    const reached = store.reached('evict')
    const [first, second] = [find(), find()]
    await clock.advance(500)
    await reached
    store.forgetsCalls()
    const third = find('b')
    await clock.advance(1)
    assert.equal(store.calls('read'), 0, 'nothing is read while the replay is under way')
    store.when('evict').releases()
    await clock.advance(1_000)
    assert.deepEqual(await Promise.all([first, second, third]), ['new', 'new', 'new'])
    assert.equal(await find(), 'new')
    await caches.close()
  })

  it('C14 is paid by a process that reads nothing', async () => {
    const { clock, store, caches, users, find } = make()
    await find()
    store.when('evict', 'evictTags').failsNext()
    await users.evict('a')
    await users.evictTags(['t'])
    store.forgetsCalls()
    await clock.advance(2_000)
    assert.equal(store.calls('evict'), 1)
    assert.equal(store.calls('evictTags'), 1)
    await caches.close()
    assert.equal(clock.timers, 0)
  })

  it('C14 is paid by one clear when it is owed too much', async () => {
    const { clock, store, caches, users, find } = make()
    await find()
    store.when().fails()
    await users.evictMany(Array.from({ length: 10_001 }, (_, index) => ['key', index]))
    store.heals().forgetsCalls()
    await clock.advance(2_000)
    assert.equal(store.calls('clear'), 1)
    assert.equal(store.calls('evict'), 0)
    await caches.close()
  })

  it('R2 has so many operations under way and no more: reads beyond are misses, invalidations are owed', async () => {
    const { clock, store, caches, users, source, find } = make()
    await find()
    store.forgetsCalls().when('read').holds()
    const peek = () => users.peek('a')
    const first = Array.from({ length: 9_999 }, peek)
    await clock.advance(0)
    const reads = [...first, peek()]
    await clock.advance(0)
    assert.equal(store.calls('read'), 2, 'reads of one tick are one call, and each of its keys is an operation')
    source.loads = 0
    assert.equal(await took(clock, find()), 0)
    assert.equal(source.loads, 1)
    assert.equal(await took(clock, users.evict('a')), 0)
    assert.equal(store.calls('evict'), 0)
    store.when('read').releases()
    await Promise.all(reads)
    await clock.advance(1_000)
    assert.equal(store.calls('evict'), 1)
    await caches.close()
  }).timeout(20_000)

  it('R6 is counted each time, and told once a second for each verb', async () => {
    const { clock, store, caches, users, find, events } = make()
    await find()
    store.when('read', 'evictTags').fails()
    const told = (verb: string) => events.filter((event) => event.type === 'store-error' && event.verb === verb).length
    for (let times = 0; times < 4; times++) await users.peek('a')
    await users.evictTags(['t'])
    assert.deepEqual([told('read'), told('evictTags')], [1, 1])
    assert.equal(users.stats().storeErrors, 5)
    await clock.advance(1_000)
    await users.evictTags(['u'])
    assert.equal(told('evictTags'), 2)
    store.when().heals()
    await caches.close()
  })
})
