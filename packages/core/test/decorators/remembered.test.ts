import { expect } from 'chai'
import { Cacheable, CacheConfig, CacheEvict, createCacheManager } from '@cachesmith/core'

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
})
