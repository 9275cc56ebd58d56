import { CacheConfigError, type CacheEvent, createCacheManager, StoreError } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { inspect } from 'node:util'
import { connectAdmin } from './admin.js'
import { tlsOn } from './certificate.js'
import { startOldRedis } from './old-redis.js'
import { freePort, skipServers, startRedis } from './servers.js'
import { failure, secret } from './support.js'

const everything = (what: unknown) => inspect(what, { depth: 12, showHidden: true })

/** What opening rejects with, and how long that took, ms. */
async function refusal(source: Parameters<typeof redisStore>[0]) {
  const store = redisStore(source)
  const from = performance.now()
  const error = await failure(store.open())
  const took = performance.now() - from
  await store.close()
  assert.notInclude(everything(error), secret)
  assert.isBelow(took, 2_500, 'it hangs')
  return error
}

describe('a Redis that was configured wrongly', () => {
  before(function () {
    if (skipServers) this.skip()
  })

  it('a URL that is none is refused with how one is written', () => {
    for (const url of ['localhost:6379', 'redis//localhost', 'redis://host:port', `rediss:/${secret}@`, '6379']) {
      let error: unknown
      try {
        redisStore(url)
      } catch (cause) {
        error = cause
      }
      assert.instanceOf(error, CacheConfigError, url)
      assert.include((error as Error).message, 'Write redis://')
      assert.notInclude(everything(error), secret)
    }
  })

  it('a wrong password is told, and is in no message, event or figure', async () => {
    const server = await startRedis({ more: ['--requirepass', 'another'] })
    const url = `redis://:${secret}@127.0.0.1:${server.port}`
    try {
      const error = await refusal(url)
      assert.instanceOf(error, CacheConfigError)
      assert.include(error.message, `127.0.0.1:${server.port}`)
      assert.include(error.message, 'WRONGPASS')
      const store = redisStore(url)
      const caches = createCacheManager({ namespace: 'bad', store, caches: { users: {} } })
      const events: CacheEvent[] = []
      caches.observe({ on: (event) => events.push(event) })
      const users = caches.cache('users')
      const told = [
        await failure(caches.ready()),
        await failure(users.getOrLoad('a', async () => 1)),
        await users.evict('a').catch((cause: unknown) => cause),
      ]
      assert.notInclude(everything([told, events, users.stats(), store, caches.health()]), secret)
      await caches.close()
    } finally {
      await server.stop()
    }
  })

  it('no password where one is needed is told', async () => {
    const server = await startRedis({ more: ['--requirepass', secret] })
    try {
      const error = await refusal(server.url)
      assert.instanceOf(error, CacheConfigError)
      assert.include(error.message, 'NOAUTH')
    } finally {
      await server.stop()
    }
  })

  it('TLS to a plain port, and the other way round, name the mistake and what to write', async () => {
    const secure = await freePort()
    const tls = await tlsOn(secure)
    const server = await startRedis({ more: tls.words })
    try {
      const plain = await refusal(`rediss://:${secret}@127.0.0.1:${server.port}`)
      assert.instanceOf(plain, CacheConfigError)
      assert.include(plain.message, `127.0.0.1:${server.port} speaks no TLS on this port: write redis://`)
      const closed = await refusal(`redis://:${secret}@127.0.0.1:${secure}`)
      assert.instanceOf(closed, CacheConfigError)
      assert.include(closed.message, `127.0.0.1:${secure} speaks only TLS on this port: write rediss://`)
      const stranger = await refusal(`rediss://127.0.0.1:${secure}`)
      assert.instanceOf(stranger, StoreError)
      assert.include(stranger.message, 'self-signed certificate')
      const store = redisStore({
        url: `rediss://127.0.0.1:${secure}`,
        socket: { tls: true, rejectUnauthorized: false },
      })
      await store.open()
      await store.close()
    } finally {
      await server.stop()
      await tls.remove()
    }
  })

  it('a Redis before 6.0 is refused with its version and the one that is needed', async () => {
    const old = await startOldRedis('5.0.14')
    try {
      const at = `127.0.0.1:${old.port}`
      for (const source of [`redis://${at}`, `redis://:${secret}@${at}`]) {
        const error = await refusal(source)
        assert.instanceOf(error, CacheConfigError)
        assert.include(error.message, `Redis at ${at} is too old (version 5.0.14): version 6.0 or newer is needed`)
      }
      for (const source of [`redis://user:${secret}@${at}`, { url: `redis://${at}`, RESP: 3 as const }]) {
        const error = await refusal(source)
        assert.instanceOf(error, CacheConfigError)
        assert.include(error.message, 'is too old: version 6.0 or newer is needed')
      }
    } finally {
      old.close()
    }
  })

  it('a read-only replica is read from; invalidations are told as failed, named plainly, owed and made good', async () => {
    const server = await startRedis()
    const admin = await connectAdmin(server)
    const caches = createCacheManager({
      namespace: 'bad',
      store: redisStore(server.url),
      caches: { users: { memory: false, ttl: '1h' } },
    })
    const errors: string[] = []
    caches.observe({ on: (event) => event.type === 'store-error' && errors.push(String(event.error)) })
    try {
      const users = caches.cache<number>('users')
      assert.equal(await users.getOrLoad('a', async () => 1), 1)
      await admin.send('REPLICAOF', '127.0.0.1', String(await freePort()))
      const stored = async () => (await users.peek('a'))?.value
      assert.equal(await stored(), 1, 'reads go on')
      await users.evict('a')
      assert.match(
        errors.join('\n'),
        /invalidate at 127\.0\.0\.1:\d+ failed: READONLY.*give the address of the primary/,
      )
      assert.equal(await users.getOrLoad('a', async () => 2), 2, 'what is owed is not read')
      await admin.send('REPLICAOF', 'NO', 'ONE')
      const end = performance.now() + 5_000
      while ((await stored()) !== undefined || String(await admin.send('KEYS', '*:a')) !== '')
        assert.isBelow(performance.now(), end, 'it is not made good')
    } finally {
      await caches.close()
      admin.end()
      await server.stop()
    }
  })
})
