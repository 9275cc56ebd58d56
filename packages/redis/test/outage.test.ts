import { type Store, StoreError } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { answers, eventually, failure, keep, scope } from './support.js'

describe('a Redis that goes away', () => {
  let server: TestRedis
  let store: Store
  beforeEach(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    store = redisStore(server.url)
    await store.open()
  })
  afterEach(async () => {
    await store?.close()
    await server?.stop()
  })

  it('D3 R2 fails at once while it is gone, and queues nothing', async () => {
    await keep(store, 'a', 'one')
    await server.stop()
    await eventually('a read fails', async () => !(await answers(store)))
    const from = performance.now()
    const cache = store.cache(scope)
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () =>
        cache.read(['a']).then(
          () => 'answered',
          (error: unknown) => error,
        ),
      ),
    )
    assert.isTrue(outcomes.every((outcome) => outcome instanceof StoreError))
    assert.instanceOf(await failure(cache.evict(['a'])), StoreError)
    assert.isBelow(performance.now() - from, 500)
  })

  it('R4 D24 is used again within 2 s of its return, and what was sent while it was gone does not land', async () => {
    await server.stop()
    await eventually('a read fails', async () => !(await answers(store)))
    await failure(store.cache(scope).evict(['lost']))
    server = await startRedis({ port: server.port })
    assert.isBelow(await eventually('a read answers', () => answers(store)), 2_000)
    const admin = createClient({ url: server.url })
    await admin.connect()
    const names = (await admin.sendCommand(['KEYS', '*'])) as unknown as string[]
    admin.destroy()
    assert.isEmpty(names)
    await keep(store, 'a', 'new')
  })

  it('D23 D24 gives up a connection that is silent, and comes back when the server does', async function () {
    this.timeout(15_000)
    await store.close()
    store = redisStore({ url: server.url, socket: { socketTimeout: 300 } })
    await store.open()
    server.signal('SIGSTOP')
    const error = await failure(store.cache(scope).read(['a']))
    assert.instanceOf(error, StoreError)
    server.signal('SIGCONT')
    assert.isBelow(await eventually('a read answers', () => answers(store)), 2_500)
  })

  it('stays connected when idle for longer than its socket may be silent', async () => {
    await store.close()
    const client = createClient({ url: server.url })
    await client.connect()
    store = redisStore({ url: server.url, socket: { socketTimeout: 300 } })
    await store.open()
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(String(await client.sendCommand(['INFO', 'stats'])))?.[1])
    const before = await connections()
    const pings = async () =>
      Number(/cmdstat_ping:calls=(\d+)/.exec(String(await client.sendCommand(['INFO', 'commandstats'])))?.[1])
    await eventually('it has pinged through twice that time', async () => (await pings()) > 7)
    assert.equal(await connections(), before)
    client.destroy()
  })

  it('R22 keeps the number of listeners over reconnects', async function () {
    this.timeout(20_000)
    const client = createClient({ url: server.url, disableOfflineQueue: true, socket: { reconnectStrategy: () => 1 } })
    const given = redisStore(client)
    await given.open()
    const listeners = () => client.eventNames().reduce((sum, name) => sum + client.listenerCount(name), 0)
    const before = listeners()
    const admin = createClient({ url: server.url })
    await admin.connect()
    for (let times = 0; times < 50; times++) {
      await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      await eventually('a read answers', () => answers(given))
    }
    assert.equal(listeners(), before)
    admin.destroy()
    await given.close()
  })
})
