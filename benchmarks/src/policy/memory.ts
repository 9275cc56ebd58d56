import { Cacheable, createCacheManager } from '@cachesmith/core'
import type { Policy } from './reference.js'

class Numbers {
  loads = 0

  @Cacheable({ cache: 'numbers', key: (n: number) => n, ttl: '1h', sync: true })
  load(n: number): number {
    this.loads++
    return n
  }
}

/** The memory tier that users get: a decorated method, of whose calls those are hits that do not reach it. */
export function memory(capacity: number): Policy {
  const caches = createCacheManager({ caches: { numbers: { memory: { maxEntries: capacity } } } })
  const numbers = caches.bind(new Numbers())
  return {
    name: 'Cachesmith',
    get size() {
      return caches.cache('numbers').stats().entries
    },
    request(key) {
      const { loads } = numbers
      numbers.load(key)
      return numbers.loads === loads
    },
  }
}
