import KeyvMemcache from '@keyv/memcache'
import { assert } from 'chai'
import Keyv, { type KeyvStoreAdapter } from 'keyv'
import { EventEmitter } from 'node:events'
import { StoreError } from '#core/kernel/errors.js'
import { isKeyvLike, keyvStore } from '#core/store/keyv.js'
import { PlainAdapter } from '#core/store/keyv-adapter.js'
import { freePort, skipServers, startMemcached, type TestServer } from '../servers.js'

/** An adapter over a Map whose verbs a test may replace; it counts what it is asked. */
class Adapter extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = { url: 'test:', dialect: 'test' }
  readonly kept = new Map<string, unknown>()
  readonly asked: string[] = []
  readonly ttls: unknown[] = []
  async get<T>(key: string): Promise<T | undefined> {
    this.asked.push('get')
    return this.kept.get(key) as T
  }
  async set(key: string, value: unknown, ttl?: number): Promise<unknown> {
    this.asked.push('set')
    this.ttls.push(ttl)
    this.kept.set(key, value)
    return true
  }
  async delete(key: string): Promise<boolean> {
    this.asked.push('delete')
    return this.kept.delete(key)
  }
  async clear(): Promise<void> { this.asked.push('clear') }
  async has(): Promise<boolean> {
    this.asked.push('has')
    return true
  }
  // biome-ignore lint/correctness/useYield: nobody may come here
  async *iterator(): AsyncGenerator<never, void> { this.asked.push('iterator') }
}

const scope = (over: object = {}) =>
  ({ namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: Date.now, ...over })

async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(() => undefined, (cause: unknown) => cause)
  assert.instanceOf(error, StoreError)
  return error as StoreError
}

describe('a lifted Keyv', () => {
  it('is told from a store, and from anything else', () => {
    for (const like of [new Map(), new Keyv(), new Adapter(), new Keyv(new Adapter())]) assert.isTrue(isKeyvLike(like))
    for (const not of [undefined, null, 1, 'redis://', {}, { get() {} }, keyvStore(new Map()), new Set()]) assert.isFalse(isKeyvLike(not))
    assert.throws(() => keyvStore({} as never), /get, set and delete/)
  })

  it('declares what it can', () => {
    assert.deepEqual(keyvStore(new Map()).capabilities, { atomic: false, shared: false, durable: false, leases: false })
    assert.deepEqual(keyvStore(new Keyv()).capabilities, { atomic: false, shared: false, durable: false, leases: false })
    assert.deepEqual(keyvStore(new Keyv(new Adapter())).capabilities, { atomic: false, shared: true, durable: true, leases: false })
    assert.isFalse(keyvStore(new Adapter(), { shared: false }).capabilities.shared)
    assert.equal(keyvStore(new Adapter()).name, 'Adapter')
    assert.equal(keyvStore(new Adapter(), { name: 'mine' }).name, 'mine')
  })

  for (const [how, break_] of [
    ['rejects', (adapter: Adapter) => { adapter.set = async () => { throw new Error('OOM') } }],
    ['D1 only emits an error', (adapter: Adapter) => {
      adapter.set = async () => {
        adapter.emit('error', new Error('OOM'))
        return true
      }
    }],
    ['answers false', (adapter: Adapter) => { adapter.set = async () => false }],
    ['throws at once', (adapter: Adapter) => { adapter.set = () => { throw new Error('OOM') } }],
  ] as const) {
    it(`fails when its adapter ${how}: nothing is acknowledged that was not done`, async () => {
      const adapter = new Adapter()
      const cache = keyvStore(new Keyv(adapter)).cache(scope())
      const begun = await cache.begin('a')
      const put = await cache.beginPut('b')
      break_(adapter)
      assert(begun.kind === 'granted')
      const sealed = { text: 'one', tags: ['t'], life: 1_000 }
      for (const work of [() => cache.fill(begun.ticket, sealed), () => cache.put(put, sealed), () => cache.evict(['a']), () => cache.evictTags(['t']),
        () => cache.clear(), () => cache.bumpVersion(), () => cache.begin('c'), () => cache.beginPut('d')]) {
        const error = await failure(work())
        assert.equal(error.code, 'STORE')
        if (how !== 'answers false') assert.equal((error.cause as Error).message, 'OOM')
      }
    })
  }

  it('D9 fails to read when its adapter does, where a Keyv would answer undefined', async () => {
    const adapter = new Adapter()
    adapter.get = async () => { throw new Error('gone') }
    await failure(keyvStore(new Keyv(adapter)).cache(scope()).read(['a']))
    await failure(keyvStore(adapter).open())
  })

  it('survives errors that its adapter emits on its own', async () => {
    const adapter = new Adapter()
    const cache = keyvStore(adapter).cache(scope())
    adapter.emit('error', new Error('connection lost'))
    assert.equal((await cache.read(['a']))[0]?.kind, 'missing')
  })

  it('R11 K22 takes corrupt, foreign and expired bytes for a miss', async () => {
    const map = new Map<string, unknown>()
    let now = 1_000
    const cache = keyvStore(map).cache(scope({ now: () => now }))
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 500 })
    const [name, good] = [...map].find(([, text]) => String(text).startsWith('cs1 ')) as [string, string]
    const kind = async () => (await cache.read(['a']))[0]?.kind
    assert.equal(await kind(), 'found')
    const other = good.replace(/"k":"[^"]*"/, '"k":"cs1:n:c:v1.0:b"')
    const bad = ['', 'cs1', 'cs1 {', 'cs1 {}', 'cs1 {}\n', 'cs1 {"x":1}\n', 'cs1 null\n{}', '{"value":"x"}', other, good.replace('"m":[', '"m":[1,'),
      good.replace(/"x":\d+/, '"x":"9"'), good.slice(0, 40), 42, null, Buffer.from(good), { value: good }, [good], Number.NaN, true]
    for (const bytes of bad) {
      map.set(name, bytes)
      assert.equal(await kind(), 'missing', String(bytes))
    }
    map.set(name, good)
    now = 1_499
    assert.equal(await kind(), 'found')
    now = 1_500
    assert.equal(await kind(), 'missing')
    assert.isTrue(map.has(name), 'a read deletes nothing')
  })

  it('K20 takes hostile tokens for lost ones', async () => {
    const map = new Map<string, unknown>()
    const cache = keyvStore(map).cache(scope())
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 500 })
    for (const [name, text] of [...map]) {
      if (String(text).startsWith('cs1 ')) continue
      for (const bytes of ['', 'r', {}, [], 7, '0', '-1 r', `99999999999999999999 r${'a'.repeat(22)}`]) {
        map.set(name, bytes)
        const marks = !/:[ph]\d*$/.test(name)
        assert.equal((await cache.read(['a']))[0]?.kind, marks ? 'missing' : 'found', name)
        const again = await cache.begin('a')
        assert(again.kind === 'granted')
        await cache.fill(again.ticket, { text: 'one', tags: ['t'], life: 500 })
        assert.equal((await cache.read(['a']))[0]?.kind, 'found', name)
      }
    }
  })

  it('never clears, iterates, asks what is there, or deletes on a read (D2, D11, D16)', async () => {
    const adapter = new Adapter()
    const store = keyvStore(new Keyv(adapter))
    const cache = store.cache(scope({ now: () => Date.now() + 100_000 }))
    await store.open()
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 1 })
    await cache.read(['a'])
    await cache.clear()
    await cache.bumpVersion()
    await cache.evictTags(['t'])
    await cache.poll()
    assert.sameMembers([...new Set(adapter.asked)], ['get', 'set'])
    await cache.evict(['a'])
    assert.sameMembers([...new Set(adapter.asked)], ['get', 'set', 'delete'])
  })

  it('D8 D15 gives whole ms of at least 1, none for what lives for ever, and refuses what is no life', async () => {
    const adapter = new Adapter()
    const plain = new PlainAdapter(adapter)
    for (const life of [0.2, 1, 1.5, 60_000, 2 ** 60, Number.POSITIVE_INFINITY]) await plain.set('k', 'x', life)
    assert.deepEqual(adapter.ttls, [1, 1, 2, 60_000, undefined, undefined])
    const cache = keyvStore(adapter).cache(scope())
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    for (const life of [Number.NaN, 0, -1]) {
      const error = await cache.fill(begun.ticket, { text: 'x', tags: [], life }).catch((cause: unknown) => cause)
      assert.equal((error as { code?: string }).code, 'CONFIG')
    }
  })

  it('a token outlives the entries that it marks', async () => {
    const adapter = new Adapter()
    const cache = keyvStore(adapter).cache(scope({ longestLife: 60_000 }))
    await cache.evict(['a'])
    await cache.evictTags(['t'])
    const finite = adapter.ttls.filter((ttl) => ttl !== undefined)
    assert.isNotEmpty(finite)
    for (const ttl of finite) assert.isAtLeast(ttl as number, 60_000 + 600_000)
  })

  it('a batch is one read: entries, their tokens, and the tags that the last read saw', async () => {
    const adapter = Object.assign(new Adapter(), {
      batches: 0,
      async getMany<T>(keys: string[]) {
        this.batches++
        return keys.map((key) => adapter.kept.get(key) as T)
      },
    })
    const cache = keyvStore(adapter).cache(scope())
    for (const key of ['a', 'b']) {
      const begun = await cache.begin(key)
      assert(begun.kind === 'granted')
      await cache.fill(begun.ticket, { text: key, tags: [`tag ${key}`], life: 1_000 })
    }
    adapter.batches = 0
    assert.deepEqual((await cache.read(['a', 'b'])).map((found) => found.kind), ['found', 'found'])
    assert.equal(adapter.batches, 1)
    const other = keyvStore(adapter).cache(scope())
    await other.read(['a', 'b'])
    assert.equal(adapter.batches, 3)
  })

  it('closes once, what it was given', async () => {
    let closed = 0
    const store = keyvStore(new Keyv(Object.assign(new Adapter(), { async disconnect() { closed++ } })))
    await Promise.all([store.close(), store.close()])
    await store.close()
    assert.equal(closed, 1)
  })
})

describe('a lifted memcached', () => {
  let server: TestServer
  before(async function () {
    if (skipServers) this.skip()
    server = await startMemcached()
  })
  after(() => server?.stop())

  it('keeps for less than a second and for more than 30 days, where the adapter would keep for ever or not at all', async () => {
    const memcache = new KeyvMemcache(`${server.host}:${server.port}`)
    const asked: unknown[] = []
    const { client } = memcache as unknown as { client: { set: (...all: unknown[]) => unknown } }
    const set = client.set.bind(client)
    client.set = (...all) => {
      if (all.length === 3) asked.push((all[2] as { expires?: number }).expires)
      return set(...all)
    }
    const plain = new PlainAdapter(memcache)
    for (const life of [10, 40 * 24 * 3_600_000, Number.POSITIVE_INFINITY]) {
      await plain.set('k', 'x', life)
      assert.deepEqual(await plain.getMany(['k']), ['x'])
    }
    assert.deepEqual(asked, [1, 30 * 24 * 3_600, undefined])
    await plain.close()
  })

  it('R11 takes bytes that are no JSON for a miss, not for an uncaught exception', async () => {
    const memcache = new KeyvMemcache(`${server.host}:${server.port}`)
    const { client } = memcache as unknown as { client: { set: (key: string, value: string, options: object) => Promise<unknown> } }
    await client.set('k', '{"half', {})
    const plain = new PlainAdapter(memcache)
    assert.deepEqual(await plain.getMany(['k', 'missing']), ['{"half', undefined])
    await plain.close()
  })

  it('leaves the Keyv above it as it was', async () => {
    const keyv = new Keyv(new KeyvMemcache(`${server.host}:${server.port}`))
    await keyv.set('mine', { a: [1, ':x'] })
    keyvStore(keyv)
    assert.deepEqual(await keyv.get('mine'), { a: [1, ':x'] })
    await keyvStore(keyv).close()
  })

  it('fails on a value that memcached refuses, and where nothing answers', async () => {
    const options = { logger: { log() {} }, retries: 1 }
    const plain = new PlainAdapter(new KeyvMemcache(`${server.host}:${server.port}`, options))
    await failure(plain.set('k', 'x'.repeat(1_100_000), 1_000))
    assert.deepEqual(await plain.getMany(['k']), [undefined])
    await plain.close()
    const nobody = new PlainAdapter(new KeyvMemcache(`127.0.0.1:${await freePort()}`, options))
    await failure(nobody.getMany(['k', 'l']))
    await failure(nobody.set('k', 'x', 1_000))
  })
})
