import type { Store } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { fillOf, look, scope } from './support.js'

describe('a hit in Redis', () => {
  let server: TestRedis
  let store: Store
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    store = redisStore(server.url)
    await store.open()
  })
  after(async () => {
    await store?.close()
    admin?.end()
    await server?.stop()
  })

  const tagsOf = (count: number) => Array.from({ length: count }, (_, index) => `tag ${index}`)
  /** Another tag is invalidated, so that no entry is proven by control alone. */
  const disturb = () => store.cache(scope).evictTags(['another'])
  const requests = async (work: () => Promise<unknown>) => {
    await admin.forget()
    await work()
    const calls = Object.entries(await admin.calls())
    return Object.fromEntries(calls.filter(([name]) => !/^(config|info|ping|client)/.test(name)))
  }

  for (const count of [0, 3, 20]) {
    it(`is one MGET with ${count} tags, also after other tags were invalidated`, async () => {
      const cache = store.cache(scope)
      await fillOf(cache, `with ${count}`, 'one', tagsOf(count))
      const read = () => look(cache, `with ${count}`)
      assert.deepEqual(await requests(async () => assert.equal(await read(), 'one')), { mget: 1 })
      await disturb()
      assert.deepEqual(
        await requests(async () => {
          for (let times = 0; times < 100; times++) assert.equal(await read(), 'one')
        }),
        { mget: 100 },
      )
    })

    it(`of a process that has not seen the entry is one MGET with ${count} tags while no tag is invalidated`, async () => {
      await fillOf(store.cache(scope), `unseen ${count}`, 'one', tagsOf(count))
      const read = async () => assert.equal(await look(store.cache(scope), `unseen ${count}`), 'one')
      assert.deepEqual(await requests(read), { mget: 1 })
      await disturb()
      assert.deepEqual(await requests(read), { mget: count === 0 ? 1 : 2 })
    })
  }

  it('is a share of one MGET for 64 reads of one tick', async () => {
    const cache = store.cache(scope)
    const keys = Array.from({ length: 64 }, (_, index) => `key ${index}`)
    for (const key of keys) await fillOf(cache, key, `of ${key}`, ['shared', `own ${key}`])
    await disturb()
    const read = async () => {
      // They come by ways of different length, as callers do.
      const late = (hops: number): Promise<void> =>
        hops === 0 ? Promise.resolve() : Promise.resolve().then(() => late(hops - 1))
      const texts = await Promise.all(keys.map(async (key, at) => late(at % 7).then(() => look(cache, key))))
      assert.deepEqual(
        texts,
        keys.map((key) => `of ${key}`),
      )
    }
    assert.deepEqual(await requests(read), { mget: 1 })
  })

  it('keeps no other of its request waiting when its own entry takes a second one', async () => {
    const cache = store.cache(scope)
    await fillOf(cache, 'seen', 'one', ['x'])
    await fillOf(store.cache(scope), 'unseen', 'two', ['y'])
    await disturb()
    await look(cache, 'seen')
    const calls = await requests(async () => {
      const [seen, unseen, none] = await cache.readEach!(['seen', 'unseen', 'no entry'])
      assert.deepInclude(seen, { kind: 'found', text: 'one' })
      assert.instanceOf(unseen, Promise)
      assert.deepInclude(await unseen, { kind: 'found', text: 'two' })
      assert.deepEqual(none, { kind: 'missing', why: 'absent' })
    })
    assert.deepEqual(calls, { mget: 2 })
  })

  it('of more keys than one request may bear is one of several', async () => {
    const cache = store.cache(scope)
    await fillOf(cache, 'many 1999', 'last')
    const keys = Array.from({ length: 2_000 }, (_, index) => `many ${index}`)
    const { mget } = (await requests(async () => {
      const found = await cache.read(keys)
      assert.lengthOf(found, 2_000)
      assert.equal(found[1_999]?.kind, 'found')
    })) as { mget: number }
    assert.equal(mget, 3)
  })

  it('asks and writes with GET, MGET, SET, DEL, PUBLISH and scripts only', async () => {
    const cache = store.cache({ ...scope, cache: 'all verbs' })
    const calls = await requests(async () => {
      await fillOf(cache, 'plain', 'one', ['t'])
      await cache.put(await cache.beginPut('plain'), { text: 'two', tags: ['t'], life: 1_000 })
      await cache.evict(['plain'])
      await cache.expire(['plain'], () => 'stale')
      await cache.evictTags(['t'])
      await cache.expireTags(['t'])
      await cache.bumpVersion()
      await cache.clear()
      await cache.poll()
    })
    const { eval: inFull, ...used } = calls
    assert.sameMembers(Object.keys(used), ['get', 'mget', 'set', 'del', 'publish', 'evalsha'])
  })
})
