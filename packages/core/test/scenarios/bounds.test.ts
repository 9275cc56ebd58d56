import { type CacheOptions, createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { Entry } from '#core/entry/entry.js'
import { bench } from '../decorators/kit.js'
import { held, inWorlds } from './worlds.js'

/** Runs something while every walk over a Map that holds at least so many entries is counted. */
async function walksOver(size: number, run: () => Promise<void>): Promise<string[]> {
  const walked: string[] = []
  const names = ['entries', 'keys', 'values', 'forEach', 'clear', Symbol.iterator] as const
  const former = names.map((name) => [name, Object.getOwnPropertyDescriptor(Map.prototype, name)!] as const)
  for (const [name, property] of former) {
    const original = property.value as (...args: unknown[]) => unknown
    Object.defineProperty(Map.prototype, name, {
      ...property,
      value(this: Map<unknown, unknown>, ...args: unknown[]) {
        if (this.size >= size) walked.push(String(name))
        return original.apply(this, args)
      },
    })
  }
  try {
    await run()
  } finally {
    for (const [name, property] of former) Object.defineProperty(Map.prototype, name, property)
  }
  return walked
}

const entryOf = (key: string, value: number, position: number, tags: readonly string[]) =>
  Entry.of({
    key,
    value,
    copied: false,
    tags,
    bornAt: 0,
    freshUntil: 1e9,
    staleUntil: 1e9,
    refreshAt: 1e9,
    position,
    id: undefined,
  })

describe('scenarios: bounds', () => {
  it('C26 a tag of 1,000,000 entries in memory is evicted without a look at any of them', async function () {
    this.timeout(60_000)
    const { caches } = bench({ users: { memory: { maxEntries: 2_000_000 } } })
    const users = caches.cache<number>('users')
    const { near, position } = caches.configuredParts('users', 'test')
    const tags = [['odd'], ['even']] as const
    for (let n = 0; n < 1_000_000; n++) near!.set(entryOf(`${n}`, n, position.n, tags[(n + 1) % 2]!), 0)
    const moved = position.n
    expect(await walksOver(1_000_000, () => users.evictTags(['odd']))).to.deep.equal([])
    expect(position.n - moved, 'steps').to.equal(1)
    expect(near!.size, 'nothing is deleted until it is asked for').to.equal(1_000_000)
    expect([await users.get('1'), await users.get('2'), await users.get('999999')]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ])
    near!.clear()
  })

  inWorlds(
    'C26 what bears the tag is gone, whatever else it bears; what does not is untouched',
    async ({ process }) => {
      const { users } = process()
      for (let n = 0; n < 100; n++) await users.put(`${n}`, n, { tags: [n % 2 ? 'odd' : 'even', 'all'] })
      await users.evictTags(['odd'])
      const left = await users.getMany(Array.from({ length: 100 }, (_, n) => `${n}`))
      expect(left).to.deep.equal(Array.from({ length: 100 }, (_, n) => (n % 2 ? undefined : n)))
    },
  )

  inWorlds('C26 a tag that is evicted again takes what was loaded since', async ({ process }) => {
    const { users } = process()
    for (let n = 0; n < 3; n++) {
      expect(await users.getOrLoad('a', () => n, { tags: ['t', 'u'] })).to.equal(n)
      await users.evictTags(n === 1 ? ['u'] : ['t'])
    }
    expect(await users.get('a')).to.equal(undefined)
  })

  it('C26 more tags than are remembered: what an invalidation that was forgotten covered stays gone', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<string>('users')
    await users.put('a', 'old', { tags: ['t'] })
    const slow = held('old')
    const loading = users.getOrLoad('b', slow.load, { tags: ['t'] })
    await slow.began
    await users.evictTags(['t'])
    await users.evictTags(Array.from({ length: 100_001 }, (_, n) => `other ${n}`))
    slow.end()
    await loading
    expect([await users.get('a'), await users.get('b')]).to.deep.equal([undefined, undefined])
    await users.put('a', 'new', { tags: ['t'] })
    expect(await users.get('a')).to.equal('new')
  })

  const texts: string[] = []
  const spying = (): Map<string, any> => {
    const map = new Map<string, any>()
    const set = map.set.bind(map)
    map.set = (name, value) => {
      texts.push(String(value))
      return set(name, value)
    }
    return map
  }
  for (const [title, options] of [
    ['memory only', (): CacheOptions => ({})],
    ['copies for each reader', (): CacheOptions => ({ clone: 'structured' })],
    ['over a store', (): CacheOptions => ({ store: keyvStore(spying() as never) })],
  ] as const) {
    it(`R20 a value of 64 MB is returned and not stored, with an event: ${title}`, async function () {
      this.timeout(60_000)
      const { caches, events } = bench({ users: options() })
      const users = caches.cache<unknown>('users')
      const large = [
        'x'.repeat(64 * 1024 * 1024),
        Buffer.alloc(64 * 1024 * 1024),
        { rows: Array.from({ length: 65_536 }, (_, n) => `${n}`.padStart(1_000, 'x')) },
      ]
      texts.length = 0
      for (const [place, value] of large.entries()) {
        expect((await users.getOrLoad(`${place}`, () => value as never)) === value, 'the very value').to.equal(true)
        expect(await users.peek(`${place}`), 'not kept').to.equal(undefined)
      }
      expect(events.flatMap((e) => (e.type === 'not-stored' ? e.why : []))).to.deep.equal([
        'too-large',
        'too-large',
        'too-large',
      ])
      expect(Math.max(0, ...texts.map((text) => text.length))).to.be.below(1_000)
      expect(await users.getOrLoad('small', () => 'x')).to.equal('x')
      expect(await users.peek('small')).to.include({ value: 'x' })
    })
  }

  it('R21 a million distinct keys leave maxEntries in memory', function () {
    this.timeout(60_000)
    const caches = createCacheManager({ caches: { users: { memory: { maxEntries: 1_000 } } } })
    const { near } = caches.configuredParts('users', 'test')
    for (let n = 0; n < 1_000_000; n++) {
      near!.set(entryOf(`${n}`, 1, 0, []), 0)
      if (n % 100_000 === 0) expect(near!.size).to.be.at.most(1_000)
    }
    expect(caches.cache('users').stats()).to.include({ entries: 1_000, evictions: 999_000 })
  })

  it('R21 loads of 50,000 distinct keys leave maxEntries, and nothing else that grows with them', async function () {
    this.timeout(60_000)
    const caches = createCacheManager({ caches: { users: { memory: { maxEntries: 1_000 } } } })
    const users = caches.cache<number>('users')
    for (let n = 0; n < 50_000; n += 100)
      await Promise.all(Array.from({ length: 100 }, (_, k) => users.getOrLoad(n + k, () => n)))
    expect(users.stats()).to.include({ entries: 1_000, evictions: 49_000, loads: 50_000 })
    const { flights, background } = caches.configuredParts('users', 'test')
    expect([flights.size, background.size]).to.deep.equal([0, 0])
    expect(await users.get(49_999)).to.equal(49_900)
  })

  it('R21 distinct keys leave maxBytes in memory, by the size of their values', async () => {
    const { caches } = bench({ users: { memory: { maxBytes: 100_000 } } })
    const users = caches.cache<string>('users')
    for (let n = 0; n < 1_000; n++) await users.put(n, 'x'.repeat(1_000))
    const { near } = caches.configuredParts('users', 'test')
    expect(near!.bytes).to.be.within(90_000, 100_000)
    expect(users.stats().entries).to.be.within(40, 60)
  })

  inWorlds('R24 an observer that throws, or rejects, harms no call and is counted', async ({ process }) => {
    const { caches, users } = process()
    let told = 0
    caches.observe({
      on() {
        told++
        throw new Error('observer')
      },
    })
    caches.observe({
      on: async () => {
        throw new Error('observer that is async')
      },
    })
    await users.put('a', 1, { tags: ['t'] })
    expect(await users.get('a')).to.equal(1)
    await users.evictTags(['t'])
    expect(await users.getOrLoad('a', () => 2)).to.equal(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).to.be.greaterThan(3)
    expect(caches.configuredParts('users', 'test').observers.failures).to.equal(2 * told)
  })

  it('R24 an observer that throws does not keep others from hearing', async () => {
    const caches = createCacheManager({ clock: new FakeClock(), caches: { users: {} } })
    const heard: string[] = []
    caches.observe({
      on() {
        throw new Error('observer')
      },
    })
    caches.observe({ on: ({ type }) => heard.push(type) })
    await caches.cache('users').put('a', 1)
    await caches.cache('users').get('a')
    expect(heard).to.deep.equal(['stored', 'hit'])
  })
})
