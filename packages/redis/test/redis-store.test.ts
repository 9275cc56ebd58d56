import { CacheConfigError, type Store, StoreError } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { inspect } from 'node:util'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { failure, keep, scope, secret } from './support.js'

describe('a Redis', () => {
  let server: TestRedis
  const stores: Store[] = []
  const make = async (source: Parameters<typeof redisStore>[0] = server.url) => {
    const store = redisStore(source)
    stores.push(store)
    await store.open()
    return store
  }
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })
  after(() => server?.stop())

  it('refuses a wrong password, and a missing one, as a mistake in the configuration', async () => {
    const guarded = await startRedis({ more: ['--requirepass', `right-${secret}`] })
    try {
      for (const credentials of [`:wrong-${secret}@`, `nobody:wrong-${secret}@`, '']) {
        const store = redisStore(`redis://${credentials}127.0.0.1:${guarded.port}`)
        const error = await failure(store.open())
        assert.instanceOf(error, CacheConfigError)
        assert.include(error.message, `127.0.0.1:${guarded.port}`)
        assert.notInclude(inspect(error, { depth: 10 }), secret)
        await store.close()
      }
      const right = await make(`redis://:right-${secret}@127.0.0.1:${guarded.port}`)
      await keep(right, 'a', 'one')
      await right.close()
    } finally {
      await guarded.stop()
    }
  })

  it('refuses a database that is not there', async () => {
    const store = redisStore(`${server.url}/999`)
    assert.instanceOf(await failure(store.open()), CacheConfigError)
    await store.close()
  })

  it('uses a client that was given, and leaves one open that was open', async () => {
    const client = createClient({ url: server.url })
    await client.connect()
    const store = await make(client as never)
    await keep(store, 'given', 'one')
    await store.close()
    assert.equal(await client.ping(), 'PONG')
    client.destroy()
    const closed = createClient({ url: server.url })
    const opener = await make(closed as never)
    await keep(opener, 'given', 'two')
    await opener.close()
    assert.isFalse(closed.isOpen)
  })

  it('opens once, however often it is asked', async () => {
    const store = redisStore(server.url)
    stores.push(store)
    await Promise.all([store.open(), store.open()])
    await store.open()
    await keep(store, 'often', 'one')
  })

  it('D1 R6 fails when the server refuses a write', async () => {
    const store = await make()
    const cache = store.cache({ ...scope, cache: 'refused' })
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    const admin = createClient({ url: server.url })
    await admin.connect()
    try {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
      const error = await failure(cache.fill(begun.ticket, { text: 'x'.repeat(1_000), tags: ['new'], life: 1_000 }))
      assert.instanceOf(error, StoreError)
      assert.include(error.message, 'OOM')
      for (const work of [
        () => cache.evict(['a']),
        () => cache.evictTags(['t']),
        () => cache.clear(),
        () => cache.beginPut('a'),
      ]) {
        assert.instanceOf(await failure(work()), StoreError)
      }
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      await admin.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '1'])
      assert.include((await failure(cache.clear())).message, 'NOREPLICAS')
    } finally {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      await admin.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '0'])
      admin.destroy()
    }
    await cache.clear()
  })

  it('R6 takes a key of another type for a failure', async () => {
    const store = await make()
    const cache = store.cache({ ...scope, cache: 'typed' })
    const admin = createClient({ url: server.url })
    await admin.connect()
    await admin.sendCommand(['LPUSH', 'cs1:n:typed:h', 'x'])
    const error = await failure(cache.poll())
    assert.instanceOf(error, StoreError)
    assert.include(error.message, 'WRONGTYPE')
    await admin.sendCommand(['DEL', 'cs1:n:typed:h'])
    admin.destroy()
  })

  it('asks and writes with GET, MGET, SET, UNLINK and PING only', async () => {
    const store = await make()
    const admin = createClient({ url: server.url })
    await admin.connect()
    await admin.sendCommand(['CONFIG', 'RESETSTAT'])
    await keep(store, 'plain', 'one')
    const cache = store.cache(scope)
    await cache.read(['plain'])
    await cache.put(await cache.beginPut('plain'), { text: 'two', tags: ['t'], life: 1_000 })
    await cache.evict(['plain'])
    await cache.evictTags(['t'])
    await cache.clear()
    await cache.poll()
    const stats = String(await admin.sendCommand(['INFO', 'commandstats']))
    admin.destroy()
    const used = [...stats.matchAll(/cmdstat_([^:]+):/g)].map((found) => found[1] as string)
    assert.sameMembers(
      used.filter((name) => !/^(info|config|client|ping)/.test(name)),
      ['get', 'mget', 'set', 'unlink'],
    )
  })
})
