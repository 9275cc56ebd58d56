import { Cacheable, CacheConfigError, CacheError, StoreError } from '@cachesmith/core'
import { decorate } from './decorate.mjs'

class Rows {
  async find() {}
}
try {
  decorate(Rows, 'find', Cacheable({ ttl: 'soon' }))
} catch (error) {
  console.log(error.name, error instanceof CacheConfigError, new StoreError('').name, new CacheError('CLOSED', '').name)
}
