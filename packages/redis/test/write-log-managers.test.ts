import { type CacheManager, createCacheManager, type Write, WriteBehind } from '@cachesmith/core'
import { redisWriteLog } from '@cachesmith/redis'
import { FaultProxy } from '@cachesmith/core/testing'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually } from './support.js'

describe('two managers on one write log', () => {
  let server: TestRedis
  const open: CacheManager[] = []
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis({ more: ['--appendonly', 'yes'] })
  })
  afterEach(async () => {
    for (const caches of open.splice(0)) await caches.close({ deadline: '1s' })
  })
  let admin: Admin
  before(async () => {
    if (server) admin = await connectAdmin(server)
  })
  after(async () => {
    admin?.end()
    await server?.stop()
  })

  const sums = new Map<string, number>()
  const calls: string[] = []
  class Sums {
    constructor(private readonly by: string) {}
    @WriteBehind({
      cache: 'sums',
      key: (key: string) => [key],
      value: (cached: number | undefined, _key: string, n: number) => (cached ?? 0) + n,
      merge: ([key, a]: [string, number], [, b]: [string, number]): [string, number] => [key, a + b],
    })
    async add(key: string, n: number): Promise<void> {
      calls.push(`${this.by} ${key} ${n}`)
      sums.set(key, (sums.get(key) ?? 0) + n)
    }
    @WriteBehind({ cache: 'sums', key: (key: string) => [key], coalesce: false })
    async set(key: string, n: number): Promise<void> {
      calls.push(`${key} ${n}`)
    }
    async addMany(batch: Write<[string, number]>[]): Promise<void> {
      for (const { args } of batch) await this.add(...args)
    }
  }
  const member = async (by: string, log: string, flushEvery: string, leaseTime = 400) => {
    const caches = createCacheManager({
      writeLog: redisWriteLog(server.url, { log, leaseTime }),
      caches: { sums: { writes: { flushEvery: flushEvery as '1s' } } },
    })
    open.push(caches)
    await caches.ready()
    return { caches, sums: caches.bind(new Sums(by)), cache: caches.cache<number>('sums') }
  }

  it('merge what both have written of a key, in one call of the one that drains', async () => {
    calls.length = 0
    const one = await member('one', 'merge', '1h')
    const two = await member('two', 'merge', '1h')
    for (let n = 1; n <= 3; n++) {
      await one.sums.add('a', 1)
      await two.sums.add('a', 10)
    }
    await eventually('the first has all', async () => one.cache.writes.pending() === 6)
    assert.equal(two.cache.writes.pending(), 3)
    await one.caches.flush()
    assert.deepEqual(calls, ['one a 33'])
    await eventually('the second knows', async () => two.cache.writes.pending() === 0)
  })

  it('run writes of a key in the order in which they were acknowledged, whoever took them', async () => {
    calls.length = 0
    const one = await member('one', 'order', '1ms')
    const two = await member('two', 'order', '1ms')
    for (let n = 100; n < 200; n += 2) {
      await two.sums.set('e', n)
      await one.sums.set('e', n + 1)
    }
    await eventually('all have run', async () => calls.length === 100)
    assert.deepEqual(calls, [...calls].sort())
  })

  it('show the one that stands by its own writes, once', async () => {
    const one = await member('one', 'reads', '20ms')
    const two = await member('two', 'reads', '20ms')
    for (let n = 1; n <= 5; n++) {
      await two.sums.add('b', 1)
      // On even turns the sink has it, and the one that stands by may not know.
      if (n % 2 === 0) await eventually('it has run', async () => sums.get('b') === n)
      assert.equal(await two.cache.getOrLoad('b', async () => sums.get('b') ?? 0), n)
    }
    assert.equal(one.cache.writes.pending(), 0)
  })

  it('go on with what is pending when the one that drains closes past its deadline', async () => {
    calls.length = 0
    const one = await member('one', 'rest', '1h')
    const two = await member('two', 'rest', '1h')
    await one.sums.add('c', 1)
    await two.sums.add('c', 2)
    await two.sums.add('d', 4)
    const { left } = await one.caches.close({ deadline: 0 })
    assert.isAbove(left, 0)
    await eventually('the second has drained', async () => sums.get('c') === 3 && sums.get('d') === 4)
    await eventually('and knows', async () => two.cache.writes.pending() === 0)
  })

  it('tell who leads, who stands by and who was deposed; health says it too', async () => {
    const told: string[] = []
    const watched = async (by: string, url = server.url) => {
      const caches = createCacheManager({ writeLog: redisWriteLog(url, { log: 'roles', leaseTime: 400 }) })
      open.push(caches)
      caches.observe({
        on(event) {
          if (event.type === 'write-log-role') told.push(`${by} ${event.role} ${event.pending}`)
        },
      })
      await caches.ready()
      return caches
    }
    const proxy = await FaultProxy.before(server.port)
    const one = await watched('one', `redis://127.0.0.1:${proxy.port}`)
    const two = await watched('two')
    assert.deepEqual(told, ['one leading 0', 'two standing-by 0'])
    assert.equal(one.health().writeLog?.role, 'leading')
    assert.equal(two.health().writeLog?.role, 'standing-by')
    proxy.holds()
    await eventually('the second leads', async () => told.includes('two leading 0'))
    proxy.releases()
    await eventually('the first knows', async () => told.includes('one deposed 0'))
    assert.equal(one.health().writeLog?.role, 'standing-by')
    await two.close()
    await eventually('the first leads again', async () => told.length === 5)
    assert.equal(told[4], 'one leading 0')
    await one.close()
    await proxy.close()
  })

  it('W24 tell of a Redis that does not keep what it acknowledges; health goes on saying so', async () => {
    const bare = await startRedis()
    const told: string[] = []
    const caches = createCacheManager({ writeLog: redisWriteLog(bare.url, { withoutAof: 'warn' }) })
    caches.observe({
      on(event) {
        if (event.type === 'write-log-unsafe') told.push(`${event.log}: ${event.reason}`)
      },
    })
    assert.isUndefined(caches.health().writeLog?.caveat)
    await caches.ready()
    assert.lengthOf(told, 1)
    assert.match(told[0] ?? '', /^redis: .*no append-only file/)
    assert.match(caches.health().writeLog?.caveat ?? '', /no append-only file/)
    await caches.close()
    await bare.stop()
  })

  it('drain at once what another appends, and take over at once from one that closes', async () => {
    calls.length = 0
    const one = await member('one', 'ring', '1ms', 60_000)
    const two = await member('two', 'ring', '1ms', 60_000)
    await eventually('the bell hangs', async () => {
      const [, heard = 0] = (await admin.send('PUBSUB', 'NUMSUB', '{cachesmith:ring}=bell')) as [string, number]
      return Number(heard) === 2
    })
    const waits: number[] = []
    for (let n = 0; n < 15; n++) {
      await two.sums.set('g', n)
      waits.push(await eventually('it has run', async () => calls.length === n + 1))
    }
    // A turn comes each 250 ms: without the bell they would wait for 125 ms on the average.
    assert.isBelow(waits.reduce((sum, ms) => sum + ms) / waits.length, 90)
    await one.caches.close()
    const waited = await eventually('the second leads', async () => two.caches.health().writeLog?.role === 'leading')
    assert.isBelow(waited, 200)
  })
})
