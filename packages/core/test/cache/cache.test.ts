import {
  CacheConfigError,
  CacheKeyError,
  createCacheManager,
  keyvStore,
  type Store,
  StoreError,
} from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'

describe('a cache without decorators', () => {
  it('gets, puts, peeks and evicts; a cached undefined is told from nothing by peek', async () => {
    const { caches, clock } = bench({ users: { ttl: '10s' } })
    const users = caches.cache<{ id: string } | undefined>('users')
    expect(await users.get('a')).to.equal(undefined)
    await users.put('a', { id: 'a' }, { tags: ['t'] })
    expect(await users.get(['a'])).to.deep.equal({ id: 'a' })
    const peeked = await users.peek('a')
    expect(peeked).to.deep.include({ value: { id: 'a' }, tags: ['t'], tier: 'memory' })
    expect(peeked!.expiresAt - peeked!.createdAt).to.equal(10_000)
    await users.put('u', undefined)
    expect(await users.peek('u')).to.include({ value: undefined })
    expect(await users.peek('nothing')).to.equal(undefined)
    await users.evictMany(['a', 'u'])
    expect(await users.peek('u')).to.equal(undefined)
    await clock.advance(1)
  })

  it('loads once for all who ask at once, with the options of the call', async () => {
    const { caches, clock } = bench({ users: {} })
    const users = caches.cache<number>('users')
    let loads = 0
    const open = gate()
    const ask = () =>
      users.getOrLoad(
        'a',
        async () => {
          loads++
          await open.promise
          return loads
        },
        { ttl: '1s', tags: ['t'] },
      )
    const both = [ask(), ask()]
    open.open()
    expect(await Promise.all(both)).to.deep.equal([1, 1])
    expect(await ask()).to.equal(1)
    await clock.advance(1_000)
    expect(await ask()).to.equal(2)
    await users.evictTags(['t'])
    expect(await ask()).to.equal(3)
    expect((await rejection(() => users.getOrLoad('b', async () => 1, { tll: 1 } as never))).message).to.match(
      /did you mean 'ttl'/,
    )
  })

  it('bumpVersion puts entries out of reach; an older version is still read by its number; clear and evict reach it', async () => {
    for (const store of [false, keyvStore(new Map() as never)] as const) {
      const { caches } = bench({ users: { version: 2, store } })
      const users = caches.cache<string>('users')
      await users.put('a', 'old')
      expect(await users.bumpVersion()).to.equal(3)
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.get('a', { version: 2 })).to.equal('old')
      await users.put('b', 'new')
      expect(await users.get('b')).to.equal('new')
      await users.evict('a')
      expect(await users.get('a', { version: 2 })).to.equal(undefined)
    }
  })

  it('wraps a function', async () => {
    const { caches } = bench({ users: {} })
    let calls = 0
    const find = caches.cache<string>('users').wrap(
      async (id: string) => {
        calls++
        return `u${id}`
      },
      { name: 'find', key: (id) => ['user', id], tags: (r) => [r] },
    )
    expect([await find('1'), await find('1')]).to.deep.equal(['u1', 'u1'])
    await caches.cache('users').evictTags(['u1'])
    await find('1')
    expect(calls).to.equal(2)
  })

  it('K16, K17: scope parts tenants; a missing one is an error', async () => {
    let tenant: string | undefined = 'a'
    const { caches } = bench({ users: { scope: () => tenant } })
    const users = caches.cache<string>('users')
    await users.put('1', 'of a')
    tenant = 'b'
    expect(await users.get('1')).to.equal(undefined)
    tenant = undefined
    expect(await rejection(() => users.get('1'))).to.be.instanceOf(CacheKeyError)
  })

  it('is bounded: R21, a million keys keep maxEntries', async () => {
    const { caches } = bench({ users: { memory: { maxEntries: 100 } } })
    const users = caches.cache<number>('users')
    for (let i = 0; i < 2_000; i++) await users.put(i, i)
    const { entries, evictions } = users.stats()
    expect({ entries, evictions }).to.deep.equal({ entries: 100, evictions: 1_900 })
  })

  it('C26: evicting a tag is one step, however many entries bear it, and costs the other entries nothing', async () => {
    const { caches } = bench({ users: { memory: { maxEntries: 50_000 } } })
    const users = caches.cache<number>('users')
    for (let i = 0; i < 20_000; i++) await users.put(i, i, { tags: [i % 2 ? 'odd' : 'even'] })
    await users.evictTags(['odd'])
    expect(await users.get(1)).to.equal(undefined)
    expect(await users.get(2)).to.equal(2)
  })

  it('R24: an observer that throws harms nobody; disabled caches let every call through', async () => {
    const { caches } = bench({ users: {} })
    caches.observe({
      on() {
        throw new Error('observer')
      },
    })
    const users = caches.cache<number>('users')
    await users.put('a', 1)
    expect(await users.get('a')).to.equal(1)
    caches.disable()
    expect(await users.getOrLoad('a', () => 2)).to.equal(2)
    caches.enable()
    expect(await users.getOrLoad('a', () => 2)).to.equal(1)
  })
})

describe('freshness', () => {
  it('staleWhileRevalidate: the stale value at once, one refresh behind; C30, C31: an evict ends both', async () => {
    const { caches, clock } = bench({ users: { ttl: '10s', staleWhileRevalidate: '1m' } })
    const users = caches.cache<number>('users')
    let loads = 0
    const held = gate()
    const ask = () =>
      users.getOrLoad('a', async () => {
        const n = ++loads
        if (n === 3) await held.promise
        return n
      })
    await ask()
    await clock.advance(11_000)
    expect(await Promise.all([ask(), ask()])).to.deep.equal([1, 1])
    await caches.flush()
    expect([await ask(), loads]).to.deep.equal([2, 2])
    await clock.advance(11_000)
    expect(await ask()).to.equal(2)
    await users.evict('a')
    expect(await ask()).to.equal(4)
    held.open()
    await caches.flush()
    expect(await ask()).to.equal(4)
  })

  it('staleIfError: the stale value in place of the error, then a throttle', async () => {
    const { caches, clock } = bench({ users: { ttl: '10s', staleIfError: '1h' } }, { staleIfErrorThrottle: '30s' })
    const users = caches.cache<number>('users')
    let calls = 0
    const ask = () =>
      users.getOrLoad('a', async () => {
        if (++calls > 1) throw new Error('down')
        return calls
      })
    await ask()
    await clock.advance(11_000)
    expect([await ask(), await ask(), calls]).to.deep.equal([1, 1, 2])
    await clock.advance(30_000)
    expect([await ask(), calls]).to.deep.equal([1, 3])
    await clock.advance(3_600_000)
    expect((await rejection(ask)).message).to.equal('down')
  })

  it('refreshAhead: a hit late in the ttl starts one refresh behind', async () => {
    const { caches, clock } = bench({ users: { ttl: '10s', refreshAhead: 0.5 } })
    let loads = 0
    const ask = () => caches.cache<number>('users').getOrLoad('a', async () => ++loads)
    await ask()
    await clock.advance(4_000)
    await ask()
    expect(loads).to.equal(1)
    await clock.advance(2_000)
    expect(await ask()).to.equal(1)
    await caches.flush()
    expect([await ask(), loads]).to.deep.equal([2, 2])
  })

  it('C12: loadTimeout frees the key; the load goes on and is kept', async () => {
    const { caches, clock } = bench({ users: { loadTimeout: '1s' } })
    const users = caches.cache<string>('users')
    const open = gate<string>()
    const asked = rejection(() => users.getOrLoad('a', () => open.promise))
    await clock.advance(1_000)
    expect((await asked).name).to.equal('LoadTimeoutError')
    expect(await users.getOrLoad('b', () => 'other')).to.equal('other')
    open.open('late')
    await caches.flush()
    expect(await users.get('a')).to.equal('late')
  })
})

describe('a cache over a store', () => {
  const over = (store: Store | Map<string, string>, clock = new FakeClock()) =>
    createCacheManager({ clock, store: store as never, caches: { users: {} } })

  it('keeps entries over a restart, types and all', async () => {
    const kept = new Map<string, string>()
    const value = { at: new Date(5), by: new Map([['a', 1n]]), none: undefined, list: [Number.NaN, -0] }
    const one = over(kept)
    await one.cache('users').getOrLoad('a', () => value)
    await one.close()
    const two = over(kept)
    expect(
      await two.cache('users').getOrLoad('a', () => {
        throw new Error('not loaded')
      }),
    ).to.deep.equal(value)
    expect(two.cache('users').stats()).to.include({ hits: 1, memoryHits: 0, loads: 0 })
    await two.close()
  })

  it('what cannot be kept is returned, not stored, and told with its path', async () => {
    const caches = over(new Map())
    const told: unknown[] = []
    caches.observe({
      on: (e) => {
        if (e.type === 'not-stored') told.push([e.why, (e.error as { path?: string }).path])
      },
    })
    const value = { user: { socket: () => {} } }
    expect(await caches.cache('users').getOrLoad('a', () => value)).to.equal(value)
    expect(told).to.deep.equal([['value', 'value.user.socket']])
  })

  it('a store that fails costs misses, never a method; an invalidation that it did not take is replayed before it is trusted', async () => {
    const inner = keyvStore(new Map() as never)
    let down = false
    const guard = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (t, name) => {
          const member = Reflect.get(t, name) as unknown
          if (typeof member !== 'function') return member
          return (...args: unknown[]) => (down ? Promise.reject(new StoreError('down')) : member.apply(t, args))
        },
      })
    const store: Store = { ...inner, cache: (scope) => guard(inner.cache(scope)) }
    const clock = new FakeClock()
    const caches = createCacheManager({ clock, store, caches: { users: { memory: false } } })
    const users = caches.cache<number>('users')
    await users.put('a', 1)
    expect(await users.get('a')).to.equal(1)
    down = true
    await users.evict('a')
    expect(await users.getOrLoad('a', () => 2)).to.equal(2)
    expect(users.stats().storeErrors).to.be.greaterThan(0)
    down = false
    await clock.advance(10_000)
    expect(await users.getOrLoad('a', () => 3)).to.equal(3)
    expect(await users.getOrLoad('a', () => 4)).to.equal(3)
    await caches.close()
  })

  it('a store that can never work is a CacheConfigError at ready() and at the first call', async () => {
    const inner = keyvStore(new Map() as never)
    const store: Store = { ...inner, open: () => Promise.reject(new CacheConfigError('no such folder')) }
    const caches = over(store)
    expect(await rejection(() => caches.ready())).to.be.instanceOf(CacheConfigError)
    expect(await rejection(() => caches.cache('users').getOrLoad('a', () => 1))).to.be.instanceOf(CacheConfigError)
  })

  it('a bit of foreign text is a miss, never an exception', async () => {
    const kept = new Map<string, string>()
    const caches = over(kept)
    const users = caches.cache<number>('users')
    for (const bad of ['', 'x', '{}', 'cs1 {}\n', 'cs1\nnull', '\u0000', '['.repeat(10_000)]) {
      await users.put('a', 1)
      for (const key of kept.keys()) if (kept.get(key)!.includes('\n')) kept.set(key, bad)
      const again = over(kept)
      expect(await again.cache<number>('users').getOrLoad('a', () => 2), JSON.stringify(bad).slice(0, 20)).to.equal(2)
    }
  })
})
