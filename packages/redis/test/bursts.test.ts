import { type CacheEvent, createCacheManager, type StoreCache, type Ticket } from '@cachesmith/core'
import { FaultProxy } from '@cachesmith/core/testing'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { failure, fillOf, granted, look, scope } from './support.js'

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `key ${index}`)

describe('a burst of misses over Redis', () => {
  let server: TestRedis
  let proxy: FaultProxy
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    proxy = await FaultProxy.before(server.port)
  })
  after(async () => {
    await proxy?.close()
    admin?.end()
    await server?.stop()
  })

  const scripts = () => (proxy.commands.get('EVALSHA') ?? 0) + (proxy.commands.get('EVAL') ?? 0)

  it('of 2,000 keys at once is stored whole, by few requests, and trips nothing', async function () {
    this.timeout(30_000)
    const store = redisStore(`redis://127.0.0.1:${proxy.port}`)
    // What is looked at is requests. A machine that is busy with other things is late by itself.
    const caches = createCacheManager({
      namespace: 'burst',
      store,
      budget: '2s',
      leaseTime: '20s',
      caches: { users: { ttl: '1h' } },
    })
    try {
      await caches.ready()
      const events: CacheEvent[] = []
      caches.observe({ on: (event) => events.push(event) })
      const users = caches.cache<number>('users')
      const of = (type: CacheEvent['type']) => events.filter((event) => event.type === type)
      proxy.forgetsRequests()
      const loaded = await Promise.all(
        Array.from({ length: 2_000 }, (_, id) =>
          users.getOrLoad(['user', id], () => id, { tags: [`team ${id % 20}`] }),
        ),
      )
      assert.deepEqual(
        loaded,
        Array.from({ length: 2_000 }, (_, id) => id),
      )
      assert.isEmpty(of('store-error'))
      assert.isEmpty(of('not-stored'))
      assert.lengthOf(of('stored'), 2_000)
      assert.equal(caches.health().stores[0]?.state, 'reachable')
      // 8 looks, 8 begins, 8 to some more fills, each script once in full; a poll or a renewal that falls in between.
      assert.isAtMost(proxy.requests, 60)
    } finally {
      await caches.close()
    }
  })

  it('whose loads end one after the other in one turn of the event loop fills by one script', async () => {
    const store = redisStore(`redis://127.0.0.1:${proxy.port}`)
    const caches = createCacheManager({ namespace: 'turn', store, budget: '2s', caches: { users: { memory: false } } })
    try {
      const users = caches.cache<number>('users')
      // Each script once in full.
      await users.getOrLoad('first', () => 0)
      proxy.forgetsRequests()
      const enders: (() => void)[] = []
      const loaded = Promise.all(
        keysOf(20).map((key, index) =>
          users.getOrLoad(key, () => {
            const ended = new Promise<number>((end) => enders.push(() => end(index)))
            // Each in a tick of its own, all of one turn.
            if (enders.length === 20) for (const end of enders) setImmediate(end)
            return ended
          }),
        ),
      )
      assert.lengthOf(await loaded, 20)
      assert.equal(scripts(), 2)
    } finally {
      await caches.close()
    }
  })

  describe('of one tick', () => {
    const store = () => redisStore(`redis://127.0.0.1:${proxy.port}`)
    let [opened, other] = [undefined, undefined] as unknown as ReturnType<typeof store>[]
    let cache: StoreCache
    let name = 0
    before(async function () {
      if (skipServers) this.skip()
      ;[opened, other] = [store(), store()]
      await Promise.all([opened.open(), other.open()])
    })
    beforeEach(() => {
      cache = opened!.cache({ ...scope, cache: `tick${++name}` })
    })
    after(() => Promise.all([opened?.close(), other?.close()]))
    const theirs = () => other!.cache({ ...scope, cache: `tick${name}` })
    /** How many scripts it takes. */
    const counted = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
      proxy.forgetsRequests()
      const answer = await work()
      return [scripts(), answer]
    }
    const ticketsOf = async (keys: readonly string[]): Promise<Ticket[]> => {
      const begun = await Promise.all(keys.map((key) => cache.begin(key)))
      return begun.map((one) => {
        assert(one.kind === 'granted')
        return one.ticket
      })
    }
    const sealed = (text: string, tags: readonly string[] = []) => ({ text, tags, life: 60_000 })

    it('is one script for one key, as for 250, and two for 251', async () => {
      await fillOf(cache, 'the scripts are known', '')
      for (const [keys, calls] of [
        [1, 1],
        [250, 1],
        [251, 2],
      ] as const) {
        const names = keysOf(keys).map((key) => `${keys} ${key}`)
        const [begins, tickets] = await counted(() => ticketsOf(names))
        const [fills] = await counted(() => Promise.all(tickets.map((one) => cache.fill(one, sealed('text', ['t'])))))
        assert.deepEqual([begins, fills], [calls, calls], `${keys} keys`)
      }
    })

    it('bears so much text and so many tags, and no more, in a script', async () => {
      await fillOf(cache, 'the scripts are known', '')
      const fillsOf = async (text: string, tags: readonly string[]) => {
        const tickets = await ticketsOf(keysOf(4).map((key) => `${key} of ${text.length}, ${tags.length}`))
        const [calls] = await counted(() => Promise.all(tickets.map((one) => cache.fill(one, sealed(text, tags)))))
        return calls
      }
      assert.equal(await fillsOf('x'.repeat(400_000), []), 2)
      assert.equal(await fillsOf('x'.repeat(1_200_000), []), 4)
      assert.equal(await fillsOf('', keysOf(400)), 2)
    })

    it('is judged key by key: granted, busy, writing, value; stored, lost, tagged, fenced', async () => {
      await granted(theirs(), 'busy')
      await theirs().beginPut('written')
      await fillOf(theirs(), 'there', 'theirs')
      const keys = ['free', 'busy', 'written', 'there', 'free too']
      const [calls, begun] = await counted(() => Promise.all(keys.map((key) => cache.begin(key))))
      assert.deepEqual(
        begun.map(({ kind }) => kind),
        ['granted', 'busy', 'writing', 'value', 'granted'],
      )
      assert.equal(calls, 1)

      const tickets = await ticketsOf(['kept', 'lost', 'tagged', 'evicted', 'kept too'])
      await admin.send('DEL', `{n:tick${name}}?v1.0:lost`)
      await theirs().evictTags(['x'])
      await theirs().evict(['evicted'])
      const tags = [['y'], ['y'], ['y', 'x'], ['y'], ['z', 'y']]
      const fills = () => Promise.all(tickets.map((one, at) => cache.fill(one, sealed(`text ${at}`, tags[at]))))
      const [requests, filled] = await counted(fills)
      assert.equal(requests, 1)
      const why = filled.map((one) => (one.kind === 'stored' ? one.kind : one.why))
      // A tag was invalidated since, so records that are not there prove nothing.
      assert.deepEqual(why, ['tagged', 'fenced', 'tagged', 'fenced', 'tagged'])
      const again = await ticketsOf(['kept', 'tagged', 'kept too'])
      await Promise.all(again.map((one, at) => cache.fill(one, sealed(`new ${at}`, ['y', 'x']))))
      assert.deepEqual(await Promise.all(['kept', 'lost', 'tagged', 'kept too'].map((key) => look(theirs(), key))), [
        'new 0',
        '(absent)',
        'new 1',
        'new 2',
      ])
    })

    it('moves the position no more than a single one', async () => {
      await fillOf(cache, 'control stands', '')
      const before = await cache.position()
      const tickets = await ticketsOf(keysOf(20))
      await Promise.all(tickets.map((one) => cache.fill(one, sealed('text', ['t']))))
      assert.equal(await cache.position(), before)
    })

    it('fails for that key alone under whose name others have put something else', async () => {
      await fillOf(cache, 'control stands', '')
      await admin.send('RPUSH', `{n:tick${name}}:v1.0:taken`, 'one')
      const [good, bad] = await Promise.all([cache.begin('good'), failure(cache.begin('taken'))])
      assert(good.kind === 'granted')
      assert.match(bad.message, /begin at \S+ failed: .*WRONGTYPE.*namespace of its own/)
      const ticket = await granted(cache, 'overtaken')
      await admin.send('DEL', `{n:tick${name}}?v1.0:overtaken`)
      await admin.send('RPUSH', `{n:tick${name}}?v1.0:overtaken`, 'one')
      const filled = await Promise.all([
        cache.fill(good.ticket, sealed('text')),
        failure(cache.fill(ticket, sealed('text'))),
      ])
      assert.deepEqual(filled[0], { kind: 'stored' })
      assert.match(filled[1].message, /fill at \S+ failed: .*WRONGTYPE/)
    })
  })
})
