import { Cacheable, currentLoad, keyvStore } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'

const stores = { memory: () => false, map: () => keyvStore(new Map()) } as const

function timed(options = {}) {
  const b = bench({ users: options })
  return { ...b, users: b.caches.cache<number>('users') }
}

describe('expire, the soft evict', () => {
  for (const [name, store] of Object.entries(stores))
    it(`makes an entry stale, not gone (${name}): served by staleWhileRevalidate and staleIfError`, async () => {
      const { users, caches } = timed({ ttl: '1h', staleWhileRevalidate: '10s', store: store() })
      await users.put('a', 1)
      await users.expire('a')
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', () => 2)).to.equal(1)
      await caches.flush()
      expect(await users.get('a')).to.equal(2)
      await users.expire('never there')
      await users.evict('a')
      expect(await users.getOrLoad('a', () => 3)).to.equal(3)
    })

  it('without either, the next call loads; a load under way is not kept', async () => {
    const { users } = timed({ ttl: '1h' })
    const open = gate<number>()
    const slow = users.getOrLoad('a', () => open.promise)
    await users.expire('a')
    open.open(1)
    expect(await slow).to.equal(1)
    expect(await users.getOrLoad('a', () => 2)).to.equal(2)
  })

  it('by tag: what bears it is stale, what is stored later is not; others are untouched', async () => {
    const { users, caches, clock, events } = timed({ ttl: '1h', staleWhileRevalidate: '10s' })
    const put = (key: string, value: number) => users.put(key, value, { tags: key === 'c' ? ['u'] : ['t', 'x'] })
    await put('a', 1)
    await put('b', 1)
    await put('c', 1)
    await users.expireTags(['t'])
    await put('b', 2)
    await clock.advance(1_000)
    expect(await users.getMany(['a', 'b', 'c'])).to.deep.equal([undefined, 2, 1])
    expect(await users.getOrLoad('a', () => 3, { tags: ['t'] })).to.equal(1)
    await caches.flush()
    expect(await users.get('a')).to.equal(3)
    expect(events.filter((e) => e.type === 'expire-tags')).to.deep.equal([
      { type: 'expire-tags', cache: 'users', tags: ['t'] },
    ])
    await users.evictTags(['t'])
    expect(await users.getMany(['a', 'b', 'c'])).to.deep.equal([undefined, undefined, 1])
  })

  it('by tag: a load that began before it, and bears the tag, arrives stale; a later call does not join it', async () => {
    const { users, caches } = timed({ ttl: '1h', staleWhileRevalidate: '10s' })
    const open = gate<number>()
    let loads = 0
    const ask = () => users.getOrLoad('a', () => (++loads === 1 ? open.promise : loads), { tags: ['t'] })
    const slow = ask()
    await users.expireTags(['t'])
    expect(await ask()).to.equal(2)
    open.open(1)
    expect(await slow).to.equal(1)
    await caches.flush()
    expect(await users.get('a')).to.equal(2)
  })

  it('more expired tags than are remembered expire all that bears any', async () => {
    const { users } = timed({ ttl: '1h' })
    await users.put('a', 1, { tags: ['t'] })
    await users.put('b', 1)
    await users.expireTags(Array.from({ length: 100_001 }, (_, n) => `other${n}`))
    expect(await users.getMany(['a', 'b'])).to.deep.equal([undefined, 1])
  })
})

describe('conditional refresh', () => {
  it('the loader gets the stale value as previous; notModified re-stamps it', async () => {
    for (const store of Object.values(stores)) {
      const { users, clock } = timed({ ttl: '10s', staleIfError: '1h', store: store() })
      const seen: unknown[] = []
      const ask = () =>
        users.getOrLoad('a', ({ previous, notModified }) => {
          seen.push(previous)
          return previous === undefined ? 1 : notModified()
        })
      await ask()
      await clock.advance(11_000)
      expect([await ask(), await users.get('a')]).to.deep.equal([1, 1])
      await clock.advance(9_000)
      expect(await ask()).to.equal(1)
      expect(seen).to.deep.equal([undefined, 1])
    }
  })

  it('in a method: currentLoad, before its first await; after it it throws', async () => {
    class Rates {
      @Cacheable({ cache: 'users' }) async rate(): Promise<{ tag: string }> {
        const { previous, notModified, signal } = currentLoad<{ tag: string }>()
        expect(signal.aborted).to.equal(false)
        await Promise.resolve()
        expect(() => currentLoad()).to.throw(/before its first await/)
        return previous?.tag === 'v1' ? notModified() : { tag: 'v1' }
      }
    }
    const { caches, clock } = timed({ ttl: '1s', staleIfError: '1h' })
    const rates = caches.bind(new Rates())
    const first = await rates.rate()
    await clock.advance(2_000)
    expect(await rates.rate()).to.equal(first)
    expect(() => currentLoad()).to.throw(/currentLoad\(\) is valid only/)
  })

  it('in a method that calls another before its first await: each has its own', async () => {
    const signals: AbortSignal[] = []
    class Rates {
      @Cacheable({ cache: 'users' }) async rate(depth: number): Promise<number> {
        const { signal, previous } = currentLoad()
        expect(previous).to.equal(undefined)
        const inner = depth > 0 ? this.rate(depth - 1) : Promise.resolve(0)
        expect(currentLoad().signal).to.equal(signal)
        signals.push(signal)
        return 1 + (await inner)
      }
    }
    const { caches } = timed({ ttl: '1s' })
    expect(await caches.bind(new Rates()).rate(3)).to.equal(4)
    expect(new Set(signals).size).to.equal(4)
  })
})

describe('what only the store holds, and is stale', () => {
  it('staleWhileRevalidate: served at once, refreshed by one load; evicted: gone', async () => {
    const { users, clock, caches, events } = timed({
      memory: false,
      store: stores.map(),
      ttl: '10s',
      staleWhileRevalidate: '1m',
    })
    let loads = 0
    const ask = () => users.getOrLoad('a', async () => ++loads)
    await ask()
    await clock.advance(11_000)
    expect(await Promise.all([ask(), ask()])).to.deep.equal([1, 1])
    await caches.flush()
    expect([await ask(), loads]).to.deep.equal([2, 2])
    expect(events.filter((e) => e.type === 'hit' && e.stale)).to.not.have.length(0)
    expect(events.filter((e) => e.type === 'load')).to.have.length(2)
    await clock.advance(11_000)
    await users.evict('a')
    expect(await ask()).to.equal(3)
    await clock.advance(80_000)
    expect(await ask()).to.equal(4)
  })

  it('staleIfError: in place of the error', async () => {
    const { users, clock } = timed({ memory: false, store: stores.map(), ttl: '10s', staleIfError: '1m' })
    await users.put('a', 1)
    await clock.advance(11_000)
    const down = () => Promise.reject(new Error('down'))
    expect(await users.getOrLoad<number>('a', down)).to.equal(1)
    await clock.advance(60_000)
    expect((await rejection(() => users.getOrLoad('a', down))).message).to.equal('down')
  })

  it('loadTimeout with a stale value at hand gives that', async () => {
    const { users, clock, caches } = timed({ store: stores.map(), ttl: '10s', staleIfError: '1m', loadTimeout: '1s' })
    await users.put('a', 1)
    await clock.advance(11_000)
    const open = gate<number>()
    const asked = users.getOrLoad('a', () => open.promise)
    await clock.advance(1_000)
    expect(await asked).to.equal(1)
    open.open(2)
    await caches.flush()
    expect(await users.get('a')).to.equal(2)
  })
})

describe('ttl', () => {
  it('negativeTtl beside a ttl function; without it null has the plain ttl of the next layer', async () => {
    class Users {
      calls = 0
      @Cacheable({ cache: 'users', ttl: (_name: string) => 3_600_000, negativeTtl: '1s' })
      async short(): Promise<null> {
        this.calls++
        return null
      }
      @Cacheable({ cache: 'users', ttl: (_name: string) => 3_600_000 }) async plain(): Promise<null> {
        this.calls++
        return null
      }
    }
    const { caches, clock } = timed({ ttl: '10s' })
    const users = caches.bind(new Users())
    const counted = async (ask: () => Promise<null>) => {
      users.calls = 0
      await ask.call(users)
      return users.calls
    }
    expect([await counted(users.short), await counted(users.short)]).to.deep.equal([1, 0])
    expect([await counted(users.plain), await counted(users.plain)]).to.deep.equal([1, 0])
    await clock.advance(1_000)
    expect([await counted(users.short), await counted(users.plain)]).to.deep.equal([1, 0])
    await clock.advance(9_000)
    expect(await counted(users.plain)).to.equal(1)
  })

  it('jitter adds at most its share, and lets entries written together die apart', async () => {
    const { users, clock } = timed({ ttl: '10s', jitter: 0.5 })
    const keys = Array.from({ length: 200 }, (_, n) => n)
    for (const n of keys) await users.put(n, n)
    await clock.advance(9_999)
    expect((await users.getMany(keys)).filter((n) => n === undefined)).to.have.length(0)
    await clock.advance(2_501)
    const gone = (await users.getMany(keys)).filter((n) => n === undefined).length
    expect(gone).to.be.within(20, 180)
    await clock.advance(2_500)
    expect((await users.getMany(keys)).filter((n) => n !== undefined)).to.have.length(0)
  })
})
