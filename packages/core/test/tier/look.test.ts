import { assert } from 'chai'
import { createCacheManager } from '#core/manager/manager.js'
import { keyvStore } from '#core/store/keyv.js'
import type { Found, Store, StoreCache } from '#core/store/store.js'
import { FakeClock } from '#core/testing/fake-clock.js'
import { FaultyStore } from '#core/testing/faulty-store.js'

const after = (hops: number): Promise<void> =>
  hops === 0 ? Promise.resolve() : Promise.resolve().then(() => after(hops - 1))

/** A store whose answer for one key comes as a promise, which is kept until it is let go. */
function withLater(late: string): { store: Store; letGo(): void } {
  const inner = keyvStore(new Map())
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const cacheOf = (cache: StoreCache): StoreCache =>
    new Proxy(cache, {
      get(target, verb) {
        const own: unknown = Reflect.get(target, verb)
        if (verb !== 'readEach') return typeof own === 'function' ? own.bind(target) : own
        return async (keys: readonly string[]): Promise<(Found | Promise<Found>)[]> => {
          const found = await target.read(keys)
          return found.map((one, at) => (keys[at] === late ? held.then(() => one) : one))
        }
      },
    })
  const store: Store = {
    name: inner.name,
    capabilities: inner.capabilities,
    open: () => inner.open(),
    close: () => inner.close(),
    cache: (scope) => cacheOf(inner.cache(scope)),
  }
  return { store, letGo: () => letGo() }
}

describe('a look into a store', () => {
  it('is one call for all reads of a tick, by whatever ways they come', async () => {
    const clock = new FakeClock()
    const store = new FaultyStore(keyvStore(new Map()), clock)
    const caches = createCacheManager({ clock, store, caches: { users: { memory: false, ttl: '1h' } } })
    const users = caches.cache<string>('users')
    for (const key of ['a', 'b', 'c', 'd']) await users.put(key, `of ${key}`)
    store.forgetsCalls()
    const load = (): string => assert.fail('it is there')
    const values = await Promise.all([
      users.getOrLoad('a', load),
      after(3).then(() => users.getOrLoad('b', load)),
      users.get('c'),
      after(5).then(() => users.getMany(['d', 'a'])),
    ])
    assert.deepEqual(values, ['of a', 'of b', 'of c', ['of d', 'of a']])
    assert.equal(store.calls('read'), 1)
    await caches.close()
  })

  it('does not let a key wait for another that takes longer', async () => {
    const clock = new FakeClock()
    const { store, letGo } = withLater('slow')
    const caches = createCacheManager({ clock, store, caches: { users: { memory: false, ttl: '1h' } } })
    const users = caches.cache<string>('users')
    await users.put('slow', 'late')
    await users.put('quick', 'soon')
    const load = (): string => assert.fail('it is there')
    const slow = [users.getOrLoad('slow', load), users.get('slow')]
    assert.deepEqual(await Promise.all([users.getOrLoad('quick', load), users.get('quick')]), ['soon', 'soon'])
    letGo()
    assert.deepEqual(await Promise.all(slow), ['late', 'late'])
    await caches.close()
  })

  it('costs who waits for such a key no more than the budget', async () => {
    const clock = new FakeClock()
    const { store } = withLater('slow')
    const caches = createCacheManager({ clock, store, caches: { users: { memory: false, ttl: '1h' } } })
    const users = caches.cache<string>('users')
    await users.put('slow', 'late')
    const found = users.getOrLoad('slow', () => 'loaded')
    await clock.advance(1_000)
    assert.equal(await found, 'loaded')
    assert.equal(users.stats().storeErrors > 0, true)
    await caches.close()
  })
})
