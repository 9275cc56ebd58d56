import { CacheableMany, CacheConfigError, type CacheManager, keyvStore } from '@cachesmith/core'
import { FaultyStore } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'

const ids = Array.from({ length: 100 }, (_, n) => n)

/** A store that can be held, and caches over it as of processes of their own; they know of no others. */
function world(memory: boolean) {
  const kept = new Map<string, unknown>()
  const made: CacheManager[] = []
  const start = () => {
    const store = new FaultyStore(keyvStore(kept, { shared: false }))
    const { caches, clock, events } = bench({ users: { memory: memory && {}, ttl: 1_000 } }, { store })
    made.push(caches)
    const users = caches.cache<string>('users')
    const asked: number[][] = []
    const load = async (missing: number[]) => {
      asked.push(missing)
      return missing.map((id) => `loaded ${id}`)
    }
    return { caches, clock, events, store, users, asked, load, parts: caches.configuredParts('users', 'a test') }
  }
  return { kept, start, made }
}

for (const memory of [false, true]) {
  describe(`a look for several keys at once, ${memory ? 'memory in front' : 'no memory'}`, () => {
    let { start, made } = world(memory)
    beforeEach(() => {
      ;({ start, made } = world(memory))
    })
    afterEach(async () => {
      for (const caches of made) {
        const { stats, flights } = caches.configuredParts('users', 'a test')
        expect(flights.size, 'flights left').to.equal(0)
        expect(Object.values(stats.missReasons).reduce((sum, n) => sum + n, 0)).to.equal(stats.misses)
        await caches.close()
      }
    })

    /** Values that another process has stored, and a process that knows nothing of them. */
    async function filled(of = ids) {
      const before = start()
      for (const id of of) await before.users.put(id, `stored ${id}`)
      const now = start()
      await now.users.get('nothing')
      now.store.forgetsCalls()
      return now
    }

    it('reads all hits in one look, counts and tells each', async () => {
      const { users, load, store, asked, events } = await filled()
      events.length = 0
      expect(await users.getOrLoadMany(ids, load)).to.deep.equal(ids.map((id) => `stored ${id}`))
      expect(store.calls()).to.equal(1)
      expect(asked).to.deep.equal([])
      expect(users.stats()).to.include({ hits: 100, memoryHits: 0, misses: 1, loads: 0 })
      expect(events).to.deep.equal(
        ids.map((id) => ({ type: 'hit', cache: 'users', key: String(id), tier: 'store', stale: false })),
      )
      await users.getOrLoadMany(ids, load)
      expect(store.calls()).to.equal(memory ? 1 : 2)
    })

    it('loads in one call what the store does not have', async () => {
      const { users, load, asked } = await filled(ids.filter((id) => id % 3 !== 0))
      const values = await users.getOrLoadMany(ids, load)
      expect(values).to.deep.equal(ids.map((id) => `${id % 3 === 0 ? 'loaded' : 'stored'} ${id}`))
      expect(asked).to.deep.equal([ids.filter((id) => id % 3 === 0)])
      expect(users.stats()).to.include({ hits: 66, misses: 35, loads: 34 })
    })

    it('two ids of one key are one load', async () => {
      const { users, load, asked } = await filled([])
      const values = await users.getOrLoadMany([1, 2, 11], load, { key: (id) => id % 10 })
      expect(values).to.deep.equal(['loaded 1', 'loaded 2', 'loaded 1'])
      expect(asked).to.deep.equal([[1, 2]])
      expect(users.stats()).to.include({ joined: 1, loads: 2 })
    })

    it('who asks for one of its keys meanwhile shares what it brings', async () => {
      const { users, load, asked, store } = await filled([1, 2])
      store.when('read').holds()
      const first = users.getOrLoadMany([1, 2, 3, 4], load)
      await store.reached('read')
      const second = users.getOrLoadMany([1, 3], load)
      store.releases()
      expect(await Promise.all([first, second])).to.deep.equal([
        ['stored 1', 'stored 2', 'loaded 3', 'loaded 4'],
        ['stored 1', 'loaded 3'],
      ])
      expect(asked).to.deep.equal([[3, 4]])
      expect(store.calls('read')).to.equal(1)
      expect(users.stats()).to.include({ joined: 2, loads: 2 })
    })

    it('who asks for a missing one after that joins its load', async () => {
      const { users, load, asked, store } = await filled([1])
      const source = gate()
      const called = gate()
      const slow = async (missing: number[]) => {
        called.open()
        await source.promise
        return load(missing)
      }
      const first = users.getOrLoadMany([1, 2], slow)
      await called.promise
      const [reads, begins] = [store.calls('read'), store.calls('begin')]
      const second = users.getOrLoadMany([2], slow)
      source.open()
      expect(await Promise.all([first, second])).to.deep.equal([['stored 1', 'loaded 2'], ['loaded 2']])
      expect(asked).to.deep.equal([[2]])
      expect([store.calls('read'), store.calls('begin')]).to.deep.equal([reads, begins])
    })

    it('more such calls at once than stand beside the keys join each other as well', async () => {
      const { users, load, asked, store } = await filled([])
      const source = gate()
      const slow = async (missing: number[]) => {
        await source.promise
        return load(missing)
      }
      store.when('read').holds()
      const calls = Array.from({ length: 7 }, (_, n) => users.getOrLoadMany([n, n + 100], slow))
      await store.reached('read')
      calls.push(...Array.from({ length: 7 }, (_, n) => users.getOrLoadMany([n, n + 100], slow)))
      store.releases()
      source.open()
      const values = await Promise.all(calls)
      for (const [n, pair] of values.entries())
        expect(pair).to.deep.equal([`loaded ${n % 7}`, `loaded ${(n % 7) + 100}`])
      expect(asked.flat().toSorted((a, b) => a - b)).to.deep.equal([
        0, 1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 104, 105, 106,
      ])
      expect(users.stats().joined).to.equal(14)
    })

    it('ids that are not cached at all go in the same call as those that the store lacks', async () => {
      class Names {
        asked: number[][] = []
        @CacheableMany({ cache: 'users', key: (id: number) => id, condition: (id: number) => id < 10 })
        async names(ids: number[]): Promise<string[]> {
          this.asked.push(ids)
          return ids.map((id) => `loaded ${id}`)
        }
      }
      const { caches } = await filled([1])
      const names = caches.bind(new Names())
      expect(await names.names([1, 2, 30])).to.deep.equal(['stored 1', 'loaded 2', 'loaded 30'])
      expect(names.asked.map((round) => round.toSorted())).to.deep.equal([[2, 30]])
      expect(await names.names([1, 30])).to.deep.equal(['stored 1', 'loaded 30'])
      expect(names.asked[1]).to.deep.equal([30])
    })

    it('what is invalidated while it looks is given, and not kept', async () => {
      const { users, load, store, parts } = await filled([1, 2, 3])
      for (const invalidate of [() => users.evict(1), () => users.clear()]) {
        store.when('read').holds()
        const reading = users.getOrLoadMany([1, 2], load)
        await store.reached('read')
        store.when('evict', 'clear').holds()
        const gone = invalidate()
        store.when('read').releases()
        expect(await reading).to.deep.equal(['stored 1', 'stored 2'])
        expect(parts.near?.peek('1')).to.equal(undefined)
        store.when('evict', 'clear').releases()
        await gone
        expect(await users.get(1)).to.equal(undefined)
        await users.put(1, 'stored 1')
        await users.put(2, 'stored 2')
        parts.near?.clear()
      }
    })

    it('serves what is stale where that may be, and refreshes it once behind', async () => {
      const before = start()
      const options = { staleWhileRevalidate: 5_000 }
      await before.users.getOrLoadMany([1, 2], async (missing) => missing.map((id) => `old ${id}`), options)
      await before.clock.advance(2_000)
      before.parts.near?.clear()
      const { users, load, asked, caches } = before
      expect(await users.getOrLoadMany([1, 2], load, options)).to.deep.equal(['old 1', 'old 2'])
      await caches.configuredParts('users', 'a test').background.settled()
      expect(asked.flat()).to.deep.equal([1, 2])
      expect(users.stats()).to.include({ stale: 2 })
      expect(await users.getOrLoadMany([1, 2], load, options)).to.deep.equal(['loaded 1', 'loaded 2'])
    })

    it('a store that is not configured right is told by all, and what needs no look does not hang', async () => {
      const { users, load, store } = start()
      store.when('open').fails(new CacheConfigError('this cannot work'))
      const error = await rejection(() => users.getOrLoadMany([1, 2], load))
      expect(error.message).to.equal('this cannot work')
      store.heals()
      expect(await users.getOrLoadMany([1, 2], load)).to.deep.equal(['loaded 1', 'loaded 2'])
    })

    it('a store that fails costs loads and nothing else', async () => {
      const { users, load, store, asked } = await filled()
      store.when('read').failsNext(1)
      expect(await users.getOrLoadMany([1, 2], load)).to.deep.equal(['loaded 1', 'loaded 2'])
      expect(asked).to.deep.equal([[1, 2]])
    })
  })
}
