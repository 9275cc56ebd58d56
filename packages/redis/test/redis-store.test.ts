import { CacheConfigError, type Store, StoreError } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { assert } from 'chai'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { inspect, promisify } from 'node:util'
import { redisStore } from '@cachesmith/redis'
import { freePort, skipServers, startRedis, type TestRedis } from './servers.js'

const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: Date.now }
const secret = 'very-s3cret-word'

async function failure(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(() => undefined, (cause: unknown) => cause)
  assert.instanceOf(error, Error)
  return error as Error
}

async function eventually(what: string, holds: () => Promise<boolean>, ms = 5_000): Promise<number> {
  const from = performance.now()
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`${what}: not so after ${ms} ms`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return performance.now() - from
}

const answers = (store: Store) => store.cache(scope).read(['a']).then(() => true, () => false)

async function keep(store: Store, key: string, text: string): Promise<void> {
  const cache = store.cache(scope)
  const begun = await cache.begin(key)
  assert(begun.kind === 'granted')
  assert.deepEqual(await cache.fill(begun.ticket, { text, tags: [], life: 60_000 }), { kind: 'stored' })
}

describe('opening a Redis', () => {
  it('refuses a wrong URL without repeating it', () => {
    for (const url of ['', 'nonsense', `http://:${secret}@host`, `redis://:${secret}@host:99999999`, `redis://:${secret}@host/notanumber`]) {
      try {
        redisStore(url)
        assert.fail(`was taken: ${url}`)
      } catch (error) {
        assert.instanceOf(error, CacheConfigError)
        assert.notInclude(inspect(error, { depth: 10 }), secret)
      }
    }
  })

  it('refuses a ping that comes too late to keep an idle connection', () => {
    assert.throws(() => redisStore({ pingInterval: 5_000, socket: { socketTimeout: 5_000 } }), CacheConfigError, 'pingInterval')
  })

  it('R1 names host and port, and not the password, where nothing listens', async () => {
    const port = await freePort()
    const store = redisStore(`redis://user:${secret}@127.0.0.1:${port}`)
    const error = await failure(store.open())
    assert.instanceOf(error, StoreError)
    assert.include(error.message, `127.0.0.1:${port}`)
    assert.notInclude(inspect(error, { depth: 10 }), secret)
    assert.notInclude(inspect(store, { depth: 10 }), secret)
    const again = await failure(store.cache(scope).read(['a']))
    assert.instanceOf(again, StoreError)
    await store.close()
    await store.close()
    assert.instanceOf(await failure(store.open()), StoreError)
  })

  it('R1 waits at most 2 s for one that listens and says nothing', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as { port: number }
    const store = redisStore({ socket: { host: '127.0.0.1', port } })
    const from = performance.now()
    const error = await failure(store.open())
    assert.instanceOf(error, StoreError)
    assert.include(error.message, `127.0.0.1:${port}`)
    assert.isBelow(performance.now() - from, 2_500)
    await store.close()
    mute.close()
  })

  it('fails at once when it was not opened (D4)', async () => {
    const store = redisStore('redis://127.0.0.1:1')
    assert.instanceOf(await failure(store.cache(scope).evict(['a'])), StoreError)
    await store.close()
  })
})

describe('a Redis', function () {
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
  afterEach(async () => { for (const store of stores.splice(0)) await store.close() })
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
      for (const work of [() => cache.evict(['a']), () => cache.evictTags(['t']), () => cache.clear(), () => cache.beginPut('a')]) {
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
    assert.sameMembers(used.filter((name) => !/^(info|config|client|ping)/.test(name)), ['get', 'mget', 'set', 'unlink'])
  })
})

describe('a Redis that goes away', function () {
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
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => cache.read(['a']).then(() => 'answered', (error: unknown) => error)))
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
    const connections = async () => Number(/total_connections_received:(\d+)/.exec(String(await client.sendCommand(['INFO', 'stats'])))?.[1])
    const before = await connections()
    const pings = async () => Number(/cmdstat_ping:calls=(\d+)/.exec(String(await client.sendCommand(['INFO', 'commandstats'])))?.[1])
    await eventually('it has pinged through twice that time', async () => (await pings()) > 7)
    assert.equal(await connections(), before)
    client.destroy()
  })

  it('R22 keeps the number of listeners over reconnects', async function () {
    this.timeout(20_000)
    const client = createClient({ url: server.url, disableOfflineQueue: true, socket: { reconnectStrategy: () => 1 } })
    const given = redisStore(client as never)
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

describe('a process with a Redis', () => {
  it('R23 ends by itself within 1 s after closing, also where nothing answers', async () => {
    const port = await freePort()
    const program = `
      import { redisStore } from '@cachesmith/redis'
      const store = redisStore('redis://127.0.0.1:${port}')
      await store.open().catch(() => {})
      await store.close()
      globalThis.from = performance.now()
      process.on('exit', () => console.log(Math.round(performance.now() - globalThis.from)))
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 10_000, cwd: import.meta.dirname })
    assert.isBelow(Number(stdout), 1_000)
  })
})
