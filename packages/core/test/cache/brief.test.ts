import { assert } from 'chai'
import { createCacheManager } from '#core/manager/manager.js'
import { keyvStore } from '#core/store/keyv.js'
import { FakeClock } from '#core/testing/fake-clock.js'
import { FaultyStore } from '#core/testing/faulty-store.js'

/** Two processes with memory over one store; the first may lose its way to it. */
function make() {
  const clock = new FakeClock()
  const shared = new Map()
  const store = new FaultyStore(keyvStore(shared, { shared: true }), clock)
  const source = { value: 'old', loads: 0, takes: 0 }
  const process = (over: FaultyStore | ReturnType<typeof keyvStore>) => {
    const caches = createCacheManager({ clock, store: over, caches: { users: { ttl: '1h' } } })
    const users = caches.cache<string>('users')
    const load = async () => {
      source.loads++
      const { value } = source
      if (source.takes > 0) await new Promise<void>((resolve) => clock.after(source.takes, resolve))
      return value
    }
    return { caches, users, find: (key = 'a') => users.getOrLoad(key, load, { tags: ['t'] }) }
  }
  const [here, there] = [process(store), process(keyvStore(shared, { shared: true }))]
  /** Loads that so many calls make. */
  const loadsOf = async (calls: number, key?: string) => {
    const before = source.loads
    for (let times = 0; times < calls; times++) await here.find(key)
    return source.loads - before
  }
  const close = () => Promise.all([here.caches.close(), there.caches.close()])
  return { clock, store, source, here, there, loadsOf, close }
}

describe('memory while its store is out of reach', () => {
  it('costs the source one load of a key in a second, from the beginning of the load', async () => {
    const { clock, store, loadsOf, here, close } = make()
    store.when().fails()
    assert.equal(await loadsOf(100), 1)
    assert.equal(await here.users.get('a'), 'old')
    assert.deepEqual(await here.users.getMany(['a', 'b']), ['old', undefined])
    await clock.advance(999)
    assert.equal(await loadsOf(100), 0)
    await clock.advance(1)
    assert.equal(await loadsOf(100), 1)
    await clock.advance(60_000)
    assert.equal(await loadsOf(1), 1)
    assert.equal(here.users.stats().memoryHits, 300)
    store.when().heals()
    await close()
  })

  it('is not older than a second after what another process has invalidated', async () => {
    const { clock, store, source, here, there, close } = make()
    store.when().fails()
    source.takes = 700
    const first = here.find()
    await clock.advance(700)
    assert.equal(await first, 'old')
    source.value = 'new'
    await there.users.evict('a')
    await clock.advance(299)
    source.takes = 0
    assert.equal(await here.find(), 'old')
    await clock.advance(1)
    assert.equal(await here.find(), 'new')
    store.when().heals()
    await close()
  })

  it('does not serve what it had before for longer than it was sure of it', async () => {
    const { clock, store, source, here, there, close } = make()
    assert.equal(await here.find(), 'old')
    store.when().fails()
    source.value = 'new'
    await there.users.evict('a')
    await clock.advance(1_001)
    assert.equal(await here.find(), 'new')
    store.when().heals()
    await close()
  })

  it('does not keep what took longer to load than that', async () => {
    const { clock, store, source, here, loadsOf, close } = make()
    store.when().fails()
    source.takes = 1_100
    const first = here.find()
    await clock.advance(1_100)
    await first
    source.takes = 0
    assert.equal(await loadsOf(2), 1)
    store.when().heals()
    await close()
  })

  it('is told at once of what happens in its own process: key, tag, all, and writes', async () => {
    const { store, source, here, loadsOf, close } = make()
    store.when().fails()
    const deeds: readonly (() => Promise<unknown>)[] = [
      () => here.users.evict('a'),
      () => here.users.evictTags(['t']),
      () => here.users.expire('a'),
      () => here.users.expireTags(['t']),
      () => here.users.clear(),
      () => here.users.put('a', 'by hand'),
    ]
    for (const deed of deeds) {
      assert.isAtMost(await loadsOf(3), 1)
      assert.equal(await loadsOf(3), 0)
      await deed()
      source.value += '.'
      assert.equal(await here.find(), source.value, String(deed))
    }
    store.when().heals()
    await close()
  })

  it('does not outlive its second when the store is back', async () => {
    const { clock, store, source, here, there, close } = make()
    assert.equal(await there.find(), 'old')
    store.when().fails()
    assert.equal(await here.find(), 'old')
    store.when().heals()
    source.value = 'new'
    await there.users.evict('a')
    await there.find()
    await clock.advance(1_000)
    assert.equal(await here.find(), 'new')
    await close()
  })
})
