import 'reflect-metadata'
import { Cacheable, CacheConfigError, createCacheManager, setDefaultManager } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { redisStore } from '@cachesmith/redis'
import { sqliteStore } from '@cachesmith/sqlite'
import { useTypedi } from '@cachesmith/typedi'

interface Rate {
  code: string
  value: number
}

const caches = createCacheManager({ namespace: 'consumer', caches: { rates: { ttl: '1m' } } })
setDefaultManager(caches)
let loads = 0

class Rates {
  @Cacheable({ cache: 'rates', key: (code: string) => ['rate', code] })
  async latest(code: string): Promise<Rate> {
    loads += 1
    return { code, value: 1 }
  }
}

async function main(): Promise<void> {
  for (const given of [CacheConfigError, FakeClock, redisStore, sqliteStore, useTypedi]) {
    if (typeof given !== 'function') throw new TypeError('an export is missing')
  }
  const rates = new Rates()
  await rates.latest('EUR')
  const { code, value } = await rates.latest('EUR')
  const kept = await caches.cache<Rate>('rates').get(['rate', 'EUR'])
  console.log(`${code} ${value}, loads ${loads}, entries ${kept?.code === 'EUR' ? 1 : 0}`)
  await caches.close()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
