import { expect } from 'chai'
import { Cacheable, CacheConfig, CacheEvict, CacheKeyError, createCacheManager } from '@cachesmith/core'

@CacheConfig({ cache: 'prices' })
class Prices {
  loads: string[] = []

  @Cacheable()
  async of(id: string, currency?: string): Promise<string> {
    this.loads.push(`${id} ${currency ?? 'EUR'}`)
    return `${id} in ${currency ?? 'EUR'}, ${this.loads.length}`
  }

  @Cacheable({ key: (id: string, currency?: string) => ['price', currency ?? id], tags: ['prices'] })
  async keyed(id: string, currency?: string): Promise<string> {
    this.loads.push(`${id} ${currency ?? ''}`)
    return `${currency ?? id}, ${this.loads.length}`
  }

  @CacheEvict({ tags: ['prices'] })
  async changed(): Promise<void> {}
}

const made = () => {
  const caches = createCacheManager({ caches: { prices: { memory: { maxEntries: 100 } } } })
  return { caches, prices: caches.bind(new Prices()) }
}

describe('what a method remembers of its keys', () => {
  it('K1: never answers a call with more arguments by what one argument remembers', async () => {
    const { prices } = made()
    expect(await prices.of('a')).to.equal('a in EUR, 1')
    expect(await prices.of('a')).to.equal('a in EUR, 1')
    expect(await prices.of('a', 'USD')).to.equal('a in USD, 2')
    expect(await prices.of('a', 'USD')).to.equal('a in USD, 2')
    expect(await prices.of('a')).to.equal('a in EUR, 1')
    expect(prices.loads).to.deep.equal(['a EUR', 'a USD'])
  })

  it('K1: nor a key that a callback made of other arguments', async () => {
    const { prices } = made()
    await prices.keyed('a')
    await prices.keyed('a')
    expect(await prices.keyed('b', 'a')).to.equal('a, 1')
    expect(await prices.keyed('a', 'b')).to.equal('b, 2')
    expect(await prices.keyed('a')).to.equal('a, 1')
  })

  it('forgets what a tag, an evict, a clear or a new version outdated, and takes the new one', async () => {
    const { caches, prices } = made()
    const cache = caches.cache('prices')
    const outdated = [
      () => prices.changed(),
      () => cache.evict(['price', 'a']),
      () => cache.clear(),
      () => cache.bumpVersion(),
    ]
    await prices.keyed('a')
    for (const outdate of outdated) {
      const before = await prices.keyed('a')
      await outdate()
      const after = await prices.keyed('a')
      expect(after).not.to.equal(before)
      expect(await prices.keyed('a')).to.equal(after)
    }
  })

  it('R21: keeps nothing alive beyond the bound of the memory tier', async () => {
    const { caches, prices } = made()
    for (let id = 0; id < 10_000; id++) {
      await prices.of(`${id}`)
      await prices.of(`${id}`)
    }
    expect(caches.cache('prices').stats().entries).to.equal(100)
    expect(await prices.of('0')).to.equal('0 in EUR, 10001')
  })

  it('K1: an object, a text like it, two arguments and a list of them are four keys', async () => {
    const { searches } = searching()
    const calls: (() => Promise<string>)[] = [
      () => searches.for({ a: 'x' }),
      () => searches.for('{0|s1:x'),
      () => searches.for('x', 'y'),
      () => searches.for(['x', 'y']),
      () => searches.for(),
    ]
    const first = await inTurn(calls)
    for (let round = 0; round < 3; round++) expect(await inTurn(calls)).to.deep.equal(first)
    expect(new Set(first).size).to.equal(calls.length)
  })

  it('K4: finds an object by equal ones, in any order of names', async () => {
    const { searches } = searching()
    const first = await searches.for({ page: 1, team: 'a' })
    for (let round = 0; round < 3; round++) {
      expect(await searches.for({ page: 1, team: 'a' })).to.equal(first)
      expect(await searches.for({ team: 'a', page: 1 })).to.equal(first)
      expect(await searches.for({ page: 2, team: 'a' })).not.to.equal(first)
    }
    expect(searches.loads).to.equal(2)
  })

  it('K6: refuses what has no key, also when all but that is remembered', async () => {
    const { searches } = searching()
    for (let round = 0; round < 3; round++) await searches.for({ page: 1 })
    const getting = (page: number) => ({
      get page() {
        return page
      },
    })
    for (const bad of [{ page: 1, [Symbol('x')]: 1 }, { page: () => 1 }, getting(2)])
      expect(await searches.for(bad).catch((e: unknown) => e)).to.be.instanceOf(CacheKeyError)
    // Not refused: it answers what equal data was asked for, and nothing is loaded or kept for it.
    expect(await searches.for(getting(1))).to.equal(await searches.for({ page: 1 }))
    expect(searches.loads).to.equal(1)
  })

  it('K1: keys with another leading text each time are apart, and remembered', async () => {
    const { searches } = searching()
    const first = await inTurn([() => searches.of('a', '1'), () => searches.of('b', '1'), () => searches.of('1', 'a')])
    expect(new Set(first).size).to.equal(3)
    for (let round = 0; round < 3; round++)
      expect(
        await inTurn([() => searches.of('a', '1'), () => searches.of('b', '1'), () => searches.of('1', 'a')]),
      ).to.deep.equal(first)
  })

  it('K12: a key that is changed while it is looked up is remembered as it was', async () => {
    const { caches } = searching()
    const cache = caches.cache<string>('searches')
    await cache.put({ page: 1 }, 'one')
    await cache.put({ page: 2 }, 'two')
    const key = { page: 1 }
    const reading = cache.getMany([key, 'absent'])
    key.page = 2
    expect(await reading).to.deep.equal(['one', undefined])
    expect(await cache.getMany([{ page: 2 }])).to.deep.equal(['two'])
    expect(await cache.getMany([{ page: 1 }])).to.deep.equal(['one'])
  })

  it('answers hits of one entry with one promise, and those of the next entry with another', async () => {
    const { caches, prices } = made()
    await prices.of('a')
    await prices.of('a')
    const hit = prices.of('a')
    expect(prices.of('a')).to.equal(hit)
    await caches.cache('prices').clear()
    expect(prices.of('a')).not.to.equal(hit)
  })

  it('C29: gives each reader a copy of what cannot be frozen', async () => {
    const { searches } = searching()
    await searches.dates('a')
    const [one, two] = [await searches.dates('a'), await searches.dates('a')]
    one.setTime(5)
    expect(two.getTime()).to.equal(0)
    expect((await searches.dates('a')).getTime()).to.equal(0)
    expect(searches.loads).to.equal(1)
  })

  it('counts hits of the short way for cache and method', async () => {
    const { caches, searches } = searching()
    for (let n = 0; n < 5; n++) await searches.for({ page: 1 })
    const { hits, memoryHits, misses, methods } = caches.cache('searches').stats()
    expect({ hits, memoryHits, misses }).to.deep.equal({ hits: 4, memoryHits: 4, misses: 1 })
    expect(methods['Searches.for']).to.include({ hits: 4, misses: 1, loads: 1 })
  })

  it('C25: bears the tags that were given, whatever becomes of their list', async () => {
    const { caches } = searching()
    const cache = caches.cache<string>('searches')
    const tags = ['a', 'b']
    await cache.put('x', 'one', { tags })
    tags.splice(0, 2, 'c')
    await cache.evictTags(['c'])
    expect(await cache.get('x')).to.equal('one')
    await cache.evictTags(['b'])
    expect(await cache.get('x')).to.equal(undefined)
  })
})

@CacheConfig({ cache: 'searches' })
class Searches {
  loads = 0

  @Cacheable()
  async for(...words: unknown[]): Promise<string> {
    return `${words.length}, ${++this.loads}`
  }

  @Cacheable({ key: (tenant: string, id: string) => [tenant, id] })
  async of(tenant: string, id: string): Promise<string> {
    return `${tenant} ${id}, ${++this.loads}`
  }

  @Cacheable()
  async dates(_of: string): Promise<Date> {
    this.loads++
    return new Date(0)
  }
}

function searching() {
  const caches = createCacheManager({ caches: { searches: {} } })
  return { caches, searches: caches.bind(new Searches()) }
}

async function inTurn<T>(calls: (() => Promise<T>)[]): Promise<T[]> {
  const answers: T[] = []
  for (const call of calls) answers.push(await call())
  return answers
}
