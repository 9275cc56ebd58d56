import { Cacheable, CacheableMany, CacheEvict, CachePut, createCacheManager } from '@cachesmith/core'
import { decorate } from './decorate.mjs'

// All that a plain user does, in memory.

const rows = new Map([['a', 1]])
let loads = 0
class Rows {
  async find(id) {
    loads++
    return rows.get(id)
  }
  async findMany(ids) {
    return ids.map((id) => rows.get(id))
  }
  async save(id, row) {
    rows.set(id, row)
    return row
  }
  async remove(id) {
    rows.delete(id)
  }
}
const key = (id) => ['row', id]
decorate(Rows, 'find', Cacheable({ cache: 'rows', key, ttl: '1m', tags: ['rows'] }))
decorate(Rows, 'findMany', CacheableMany({ cache: 'rows', key }))
decorate(Rows, 'save', CachePut({ cache: 'rows', key }))
decorate(Rows, 'remove', CacheEvict({ cache: 'rows', key }))

const caches = createCacheManager({ caches: { rows: { staleWhileRevalidate: '1m' } } })
caches.observe({ on: () => {} })
const service = caches.bind(new Rows())
await caches.ready()
await Promise.all([service.find('a'), service.find('a')])
await service.find('a')
await service.save('b', 2)
await service.findMany(['a', 'b'])
await caches.transaction(() => service.remove('a'))
await caches.cache('rows').evictTags(['rows'])
await service.find('a')
console.log(JSON.stringify({ loads, found: await service.find('b'), pending: caches.stats().rows.pending }))
await caches.close()
