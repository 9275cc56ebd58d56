import { createCacheManager } from '#core/index.js'
import { expect } from 'chai'

describe('a put that is overtaken by an eviction of its tag', () => {
  it('C4 C24 leaves a miss, not the older value', async () => {
    await using caches = createCacheManager({ caches: { rows: {} } })
    const rows = caches.cache<number>('rows')
    let row = 0
    await rows.put(
      'a',
      async () => {
        const written = ++row
        row++ // another writer of the same row, which then says so by its tag
        await rows.evictTags(['team'])
        return written
      },
      { tags: ['team'] },
    )
    expect(await rows.getOrLoad('a', () => row)).to.equal(2)
  })
})
