import { type CacheManager, createCacheManager, type Store } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { sqliteStore } from '@cachesmith/sqlite'
import { useTypedi } from '@cachesmith/typedi'
import { Container } from 'typedi'
import { CityRepository } from './city-repository.js'
import { CityService } from './city-service.js'
import { Database } from './database.js'

/** Where the cached answers are kept beside memory. */
export interface CacheHome {
  readonly label: string
  readonly namespace: string
  open(): Store
}

/** One life of the application: a manager, and the services that typedi built for it. */
export interface Session {
  readonly caches: CacheManager
  readonly service: CityService
  readonly source: CityRepository
}

export function sqliteHome(file: string): CacheHome {
  return { label: 'SQLite', namespace: 'gazetteer', open: () => sqliteStore(file) }
}

/** Each run has a namespace of its own, so that runs that share a Redis start cold and stay apart. */
export function redisHome(url: string, run: string): CacheHome {
  return { label: `Redis at ${new URL(url).host}`, namespace: `gazetteer-${run}`, open: () => redisStore(url) }
}

export function openSession(home: CacheHome, database: Database): Session {
  const caches = createCacheManager({
    namespace: home.namespace,
    store: home.open(),
    defaults: { ttl: '10m' },
    caches: {
      cities: {},
      visits: { writes: { flushEvery: '1s', maxBatch: 500 } },
    },
  })
  Container.reset() // services of an earlier life belong to its manager
  Container.set(Database, database)
  useTypedi(Container, caches)
  return { caches, service: Container.get(CityService), source: Container.get(CityRepository) }
}
