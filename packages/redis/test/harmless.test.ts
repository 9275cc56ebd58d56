import { type CacheEvent, createCacheManager } from '@cachesmith/core'
import { FaultProxy, FaultyStore } from '@cachesmith/core/testing'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { freePort, skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually } from './support.js'

/** One process with a cache that has no memory, and a source of versions. */
function processOn(url: string) {
  const store = new FaultyStore(redisStore(url))
  const caches = createCacheManager({ namespace: 'h', store, caches: { users: { memory: false, ttl: '1h' } } })
  const users = caches.cache<number>('users')
  const source = { version: 1, loads: 0 }
  const events: CacheEvent[] = []
  caches.observe({ on: (event) => events.push(event) })
  const find = (key = 'a') =>
    users.getOrLoad(
      key,
      async () => {
        source.loads++
        return source.version
      },
      { tags: ['t'] },
    )
  /** Whether a read is answered by Redis. */
  const hits = async () => {
    const { loads } = source
    await find()
    return source.loads === loads
  }
  return { store, caches, users, source, find, hits, events }
}
type Process = ReturnType<typeof processOn>

/** How long each of these calls takes, ms, one after another. */
async function costs(calls: number, call: (n: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; n < calls; n++) {
    const from = performance.now()
    await call(n)
    taken.push(performance.now() - from)
  }
  return taken.sort((a, b) => a - b)
}

/** A machine that is busy with other things is late by itself. */
const lateness = 150

describe('a cache whose Redis is in trouble', () => {
  let server: TestRedis
  let proxy: FaultProxy
  let admin: Admin
  let one: Process
  beforeEach(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    proxy = await FaultProxy.before(server.port)
    one = processOn(`redis://127.0.0.1:${proxy.port}`)
  })
  afterEach(async () => {
    await one?.caches.close()
    await proxy?.close()
    admin?.end()
    await server?.stop()
  })

  it('R1 starts without it, and finds it when it comes', async () => {
    const port = await freePort()
    const early = processOn(`redis://127.0.0.1:${port}`)
    const taken = await costs(200, () => early.find())
    assert.isBelow(taken.at(-1)!, 250 + lateness)
    assert.isBelow(taken[100]!, 1)
    const late = await startRedis({ port })
    assert.isBelow(await eventually('a hit', early.hits), 2_000 + lateness)
    await early.caches.close()
    await late.stop()
  })

  it('R2 R4 costs nothing while it refuses, and is used again within 2 s', async () => {
    await eventually('a hit', one.hits)
    proxy.refuses()
    const taken = await costs(2_000, (n) => one.find(`key ${n}`))
    assert.isBelow(taken[1_000]!, 1, 'the median')
    assert.isBelow(taken.at(-1)!, 250 + lateness)
    proxy.heals()
    assert.isBelow(await eventually('a hit', one.hits), 2_000 + lateness)
  })

  it('R3 costs a call its budget once when it hangs, half open too', async () => {
    for (const hang of [() => server.signal('SIGSTOP'), () => void proxy.halfOpen()]) {
      await eventually('a hit', one.hits)
      hang()
      const taken = await costs(500, (n) => (n % 50 === 0 ? one.users.evict(['key', n]) : one.find(`key ${n}`)))
      assert.isBelow(taken.at(-1)!, 250 + lateness)
      assert.isAtMost(taken.filter((ms) => ms > 150).length, 3)
      server.signal('SIGCONT')
      proxy.heals()
      await eventually('a hit', one.hits, 10_000)
    }
  }).timeout(30_000)

  it('R5 is given a late write, which is void', async () => {
    await eventually('a hit', one.hits)
    const other = processOn(server.url)
    await eventually('the others hit', other.hits)
    await one.users.evict('a')
    proxy.holds()
    const late = one.find()
    await late
    other.source.version = 2
    await other.users.evict('a')
    assert.equal(await other.find(), 2)
    proxy.releases()
    one.source.version = 2
    await eventually('it is used again', one.hits)
    assert.equal(await other.find(), 2)
    assert.equal(await one.find(), 2)
    await other.caches.close()
  })

  it('R6 counts what it refuses: read-only, out of memory, no permission, a wrong type', async () => {
    const troubles: readonly (readonly [name: string, ill: string, well: string])[] = [
      ['READONLY', `REPLICAOF 127.0.0.1 ${await freePort()}`, 'REPLICAOF NO ONE'],
      ['OOM', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
      ['NOPERM', 'ACL SETUSER default -eval -evalsha', 'ACL SETUSER default +@all'],
    ]
    for (const [name, ill, well] of troubles) {
      await eventually('a hit', one.hits)
      await admin.send(...ill.split(' '))
      const { storeErrors } = one.users.stats()
      one.source.version++
      await one.users.evict('a')
      if (name !== 'OOM') assert.isAbove(one.users.stats().storeErrors, storeErrors, name)
      for (let times = 0; times < 20; times++) assert.equal(await one.find(), one.source.version, name)
      await admin.send(...well.split(' '))
      await eventually('a hit', one.hits)
      assert.equal(await one.find(), one.source.version, name)
    }
    const [entry] = ((await admin.send('KEYS', '{h:users}:*')) as string[]).filter((key) => key.endsWith(':a'))
    assert.isString(entry)
    await admin.send('DEL', entry!)
    await admin.send('LPUSH', entry!, 'not ours')
    for (let times = 0; times < 10; times++) assert.equal(await one.find(), one.source.version, 'WRONGTYPE')
  }).timeout(30_000)

  it('R7 adds its budget to no more than those under way when each answer takes 2 s', async () => {
    await eventually('a hit', one.hits)
    proxy.latency(2_000)
    const taken = await costs(300, (n) => one.find(`key ${n}`))
    assert.isBelow(taken.at(-1)!, 250 + lateness)
    assert.isAtMost(taken.filter((ms) => ms > 150).length, 3)
    proxy.heals()
    await eventually('a hit', one.hits, 10_000)
  }).timeout(20_000)

  it('C14 is believed again only when it has taken what it is owed', async () => {
    await eventually('a hit', one.hits)
    one.store.when('evict', 'evictTags').fails()
    one.source.version = 2
    await one.users.evict('a')
    for (let times = 0; times < 20; times++) assert.equal(await one.find(), 2)
    one.source.version = 3
    await one.users.evictTags(['t'])
    assert.equal(await one.find(), 3)
    one.store.when().heals()
    const other = processOn(server.url)
    other.source.version = 3
    await eventually('others see it too', async () => (await other.find()) === 3)
    await eventually('a hit', one.hits)
    assert.equal(await one.find(), 3)
    await other.caches.close()
  })

  it('C14 takes what it is owed when its answer was lost, by who writes and does not read', async () => {
    const other = processOn(server.url)
    other.source.version = 1
    await eventually('a hit', other.hits)
    await eventually('a hit', one.hits)
    proxy.refuses()
    await one.users.evict('a')
    assert.isTrue(
      one.events.some((event) => event.type === 'store-error'),
      'it is not silent',
    )
    other.source.version = 2
    assert.equal(await other.find(), 1, 'nobody has told it')
    proxy.heals()
    await eventually('it is told', async () => (await other.find()) === 2)
    await other.caches.close()
  })

  it('K22 gives no key the value of another when answers are lost or come twice', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `key ${n}`)
    const read = (key: string) => one.users.getOrLoad(key, async () => Number(key.slice(4)))
    const all = async () => {
      for (const key of keys) assert.equal(await read(key), Number(key.slice(4)))
    }
    await eventually('a hit', one.hits)
    await all()
    proxy.shiftsReply()
    await all()
    proxy.duplicatesReply()
    await all()
  })
})
