import { expect } from 'chai'
import { createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { gate } from '../decorators/kit.js'

/** Found by the lab of interleavings, once in a million trials: promise 1 is a second for other processes, however long a load takes. */
describe('a load that began long before another process invalidated, without memory', () => {
  for (const [what, invalidate] of [
    ['evict', (cache) => cache.evict('a')],
    ['evict of a tag', (cache) => cache.evictTags(['t'])],
    ['clear', (cache) => cache.clear()],
  ] as [string, (cache: ReturnType<typeof process>['cache']) => Promise<void>][])
    it(`C7 is not joined a second after the ${what}`, async () => {
      const [map, clock] = [new Map(), new FakeClock()]
      const [here, there] = [process(map, clock), process(map, clock)]
      const slow = gate<string>()
      const early = here.cache.getOrLoad('a', slowly(slow.promise), { tags: ['t'] })
      await here.loading(1)
      await invalidate(there.cache)
      await clock.advance(1_001)
      const late = here.cache.getOrLoad('a', slowly(Promise.resolve('new')), { tags: ['t'] })
      expect(await late).to.equal('new')
      slow.open('old')
      expect(await early).to.equal('old')
      expect(await here.cache.get('a')).to.equal('new')
    })

  it('C8 is joined where the store says that nobody did anything since it was last asked', async () => {
    const [map, clock] = [new Map(), new FakeClock()]
    const here = process(map, clock)
    const slow = gate<string>()
    let loads = 0
    const load = () => {
      loads++
      return slow.promise
    }
    const calls = [here.cache.getOrLoad('a', load)]
    await here.loading(1)
    // The first answer ever tells nothing of what was before it, and makes the token that the second one finds.
    for (const loadsThen of [2, 3, 3]) {
      await clock.advance(1_001)
      calls.push(here.cache.getOrLoad('a', load))
      await here.loading(calls.length)
      expect(loads).to.equal(loadsThen)
    }
    slow.open('value')
    expect(await Promise.all(calls)).to.deep.equal(['value', 'value', 'value', 'value'])
  })
})

/** One loader, whose promise is chosen by the call. */
const slowly = (value: Promise<string>) => () => value

function process(map: Map<string, unknown>, clock: FakeClock) {
  const store = keyvStore(map, { shared: true })
  const caches = createCacheManager({ store, clock, caches: { users: { memory: false, ttl: '1h' } } })
  const cache = caches.cache<string>('users')
  /** Settles once so many loads of this process have begun. */
  const loading = async (count: number) => {
    const { flights } = caches.configuredParts('users', 'test')
    while (cache.stats().misses < count || flights.size === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { cache, loading }
}
