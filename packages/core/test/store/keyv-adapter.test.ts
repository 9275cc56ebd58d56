import { assert } from 'chai'
import Keyv from 'keyv'
import { isKeyvLike, keyvStore } from '#core/store/keyv.js'
import { PlainAdapter } from '#core/store/keyv-adapter.js'
import { Adapter, failure } from './adapter.js'

const scope = (over: object = {}) => ({
  namespace: 'n',
  cache: 'c',
  version: 1,
  longestLife: 60_000,
  leaseTime: 1_000,
  now: Date.now,
  ...over,
})

describe('a lifted Keyv', () => {
  it('is told from a store, and from anything else', () => {
    for (const like of [new Map(), new Keyv(), new Adapter(), new Keyv(new Adapter())]) assert.isTrue(isKeyvLike(like))
    for (const not of [undefined, null, 1, 'redis://', {}, { get() {} }, keyvStore(new Map()), new Set()])
      assert.isFalse(isKeyvLike(not))
    assert.throws(() => keyvStore({} as never), /get, set and delete/)
  })

  it('declares what it can', () => {
    assert.deepEqual(keyvStore(new Map()).capabilities, { atomic: false, shared: false, durable: false, leases: false })
    assert.deepEqual(keyvStore(new Keyv()).capabilities, {
      atomic: false,
      shared: false,
      durable: false,
      leases: false,
    })
    assert.deepEqual(keyvStore(new Keyv(new Adapter())).capabilities, {
      atomic: false,
      shared: true,
      durable: true,
      leases: false,
    })
    assert.isFalse(keyvStore(new Adapter(), { shared: false }).capabilities.shared)
    assert.equal(keyvStore(new Adapter()).name, 'Adapter')
    assert.equal(keyvStore(new Adapter(), { name: 'mine' }).name, 'mine')
  })

  for (const [how, break_] of [
    [
      'rejects',
      (adapter: Adapter) => {
        adapter.set = async () => {
          throw new Error('OOM')
        }
      },
    ],
    [
      'D1 only emits an error',
      (adapter: Adapter) => {
        adapter.set = async () => {
          adapter.emit('error', new Error('OOM'))
          return true
        }
      },
    ],
    [
      'answers false',
      (adapter: Adapter) => {
        adapter.set = async () => false
      },
    ],
    [
      'throws at once',
      (adapter: Adapter) => {
        adapter.set = () => {
          throw new Error('OOM')
        }
      },
    ],
  ] as const) {
    it(`fails when its adapter ${how}: nothing is acknowledged that was not done`, async () => {
      const adapter = new Adapter()
      const cache = keyvStore(new Keyv(adapter)).cache(scope())
      const begun = await cache.begin('a')
      const put = await cache.beginPut('b')
      break_(adapter)
      assert(begun.kind === 'granted')
      const sealed = { text: 'one', tags: ['t'], life: 1_000 }
      for (const work of [
        () => cache.fill(begun.ticket, sealed),
        () => cache.put(put, sealed),
        () => cache.evict(['a']),
        () => cache.evictTags(['t']),
        () => cache.clear(),
        () => cache.bumpVersion(),
        () => cache.begin('c'),
        () => cache.beginPut('d'),
      ]) {
        const error = await failure(work())
        assert.equal(error.code, 'STORE')
        if (how !== 'answers false') assert.equal((error.cause as Error).message, 'OOM')
      }
    })
  }

  it('D9 fails to read when its adapter does, where a Keyv would answer undefined', async () => {
    const adapter = new Adapter()
    adapter.get = async () => {
      throw new Error('gone')
    }
    await failure(keyvStore(new Keyv(adapter)).cache(scope()).read(['a']))
    await failure(keyvStore(adapter).open())
  })

  it('survives errors that its adapter emits on its own', async () => {
    const adapter = new Adapter()
    const cache = keyvStore(adapter).cache(scope())
    adapter.emit('error', new Error('connection lost'))
    assert.equal((await cache.read(['a']))[0]?.kind, 'missing')
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
    assert.deepEqual(
      (await cache.read(['a', 'b'])).map((found) => found.kind),
      ['found', 'found'],
    )
    assert.equal(adapter.batches, 1)
    const other = keyvStore(adapter).cache(scope())
    await other.read(['a', 'b'])
    assert.equal(adapter.batches, 3)
  })

  it('closes once, what it was given', async () => {
    let closed = 0
    const store = keyvStore(
      new Keyv(
        Object.assign(new Adapter(), {
          async disconnect() {
            closed++
          },
        }),
      ),
    )
    await Promise.all([store.close(), store.close()])
    await store.close()
    assert.equal(closed, 1)
  })
})
