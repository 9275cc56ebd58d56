import { CacheConfigError, type Store, StoreError } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { inspect } from 'node:util'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { failure, fillOf, granted, keep, look, scope, secret } from './support.js'

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
    const store = await make(client)
    await keep(store, 'given', 'one')
    await store.close()
    assert.equal(await client.ping(), 'PONG')
    client.destroy()
    const closed = createClient({ url: server.url })
    const opener = await make(closed)
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
    const ticket = await granted(cache, 'a')
    const writing = await cache.beginPut('b')
    const sealed = { text: 'x'.repeat(1_000), tags: ['new'], life: 1_000 }
    const admin = createClient({ url: server.url })
    await admin.connect()
    try {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
      const full = [
        () => cache.fill(ticket, sealed),
        () => cache.put(writing, sealed),
        () => cache.begin('c'),
        () => cache.beginPut('c'),
        () => cache.renew(ticket),
      ]
      for (const work of full) {
        const error = await failure(work())
        assert.instanceOf(error, StoreError)
        assert.include(error.message, 'OOM')
      }
      assert.deepEqual([await look(cache, 'a'), await look(cache, 'b')], ['(absent)', '(absent)'])
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      await admin.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '1'])
      for (const work of [() => cache.clear(), () => cache.evict(['a']), () => cache.evictTags(['t'])])
        assert.include((await failure(work())).message, 'NOREPLICAS')
    } finally {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      await admin.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '0'])
      admin.destroy()
    }
    await cache.clear()
  })

  it('R6 invalidates even when the memory of the server is full', async () => {
    const cache = (await make()).cache({ ...scope, cache: 'full' })
    const admin = createClient({ url: server.url })
    await admin.connect()
    const refill = async () => {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      await fillOf(cache, 'a', 'one', ['t'])
      assert.equal(await look(cache, 'a'), 'one')
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
    }
    try {
      for (const work of [() => cache.evict(['a']), () => cache.evictTags(['t']), () => cache.clear()]) {
        await refill()
        await work()
        assert.match(await look(cache, 'a'), /^\(/)
      }
    } finally {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
      admin.destroy()
    }
  })

  it('R6 R12 takes a key of another type for a miss when it reads, and for a failure when it asks for the right', async () => {
    const cache = (await make()).cache({ ...scope, cache: 'typed' })
    const admin = createClient({ url: server.url })
    await admin.connect()
    await admin.sendCommand(['LPUSH', '{n:typed}!', 'x'])
    assert.equal(await look(cache, 'a'), '(absent)')
    for (const work of [() => cache.poll(), () => cache.begin('a'), () => cache.evict(['a'])]) {
      const error = await failure(work())
      assert.instanceOf(error, StoreError)
      assert.include(error.message, 'WRONGTYPE')
    }
    await admin.sendCommand(['DEL', '{n:typed}!'])
    admin.destroy()
    await fillOf(cache, 'a', 'one')
  })
})
