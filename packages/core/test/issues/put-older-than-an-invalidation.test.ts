import { CacheEvict, CachePut, createCacheManager, keyvStore } from '@cachesmith/core'
import { FaultyStore } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { gate } from '../decorators/kit.js'

/** Two processes without memory over one store that both can reach. */
function twoProcesses() {
  const kept = new Map()
  const store = new FaultyStore(keyvStore(kept, { shared: true }))
  const rows = { memory: false } as const
  const here = createCacheManager({ store, caches: { rows } })
  const there = createCacheManager({ store: keyvStore(kept, { shared: true }), caches: { rows } })
  return { here, there, store }
}

class Rows {
  value = 'old'
  written = gate()
  @CachePut({ cache: 'rows', key: (id: string) => [id], tags: ['team'] })
  @CacheEvict({ cache: 'rows', tags: ['list'] })
  async rename(_id: string): Promise<string> {
    const { value } = this
    await this.written.promise
    return value
  }
}

describe('a put whose value is older than an invalidation', () => {
  it('is not kept when one of its tags was invalidated while its function ran', async () => {
    const cache = createCacheManager({ caches: { rows: {} } }).cache<string>('rows')
    const written = gate()
    const put = cache.put('a', () => written.promise.then(() => 'old'), { tags: ['team'] })
    await cache.evictTags(['team'])
    written.open()
    await put
    expect(await cache.get('a')).to.equal(undefined)
  })

  it('is not kept when its place in the store could not be had, and another process wrote meanwhile', async () => {
    const { here, there, store } = twoProcesses()
    store.when('beginPut').failsNext(1)
    await here.cache('rows').put('a', async () => {
      await there.cache('rows').put('a', () => 'new')
      return 'old'
    })
    expect(await there.cache('rows').get('a')).to.not.equal('old')
  })

  it('is not kept when its method evicts as well, and another process wrote meanwhile', async () => {
    const { here, there } = twoProcesses()
    const service = here.bind(new Rows())
    const renamed = service.rename('a')
    await there.cache('rows').put('a', () => 'new')
    service.written.open()
    await renamed
    expect(await there.cache('rows').get('a')).to.not.equal('old')
  })
})
