import { createCacheManager, keyvStore } from '@cachesmith/core'
import { FaultyStore } from '@cachesmith/core/testing'
import { expect } from 'chai'

describe('an invalidation that is owed', () => {
  it('bars the store to every reader until it is paid, not only to the first who pays', async () => {
    const store = new FaultyStore(keyvStore(new Map()))
    const cache = createCacheManager({ store, caches: { rows: { memory: false } } }).cache<string>('rows')
    await cache.put('a', 'old', { tags: ['team'] })
    store.when('evictTags').failsNext(1)
    await cache.evictTags(['team'])
    store.when('evictTags').holds()
    const first = cache.get('b')
    await store.reached('evictTags')
    const second = cache.get('a')
    store.heals()
    expect(await Promise.all([first, second])).to.deep.equal([undefined, undefined])
  })
})
