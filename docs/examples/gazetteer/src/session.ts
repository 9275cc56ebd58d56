import { type CacheManager, createCacheManager, type Store, type WriteLog } from '@cachesmith/core'
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
  close(): Promise<void>
}

export function sqliteHome(file: string): CacheHome {
  return { label: 'SQLite', namespace: 'gazetteer', open: () => sqliteStore(file) }
}

/** Each run has a namespace of its own, so that runs that share a Redis start cold and stay apart. */
export function redisHome(url: string, run: string): CacheHome {
  return { label: `Redis at ${new URL(url).host}`, namespace: run, open: () => redisStore(url) }
}

/** Opens the store before anything is cached: a Redis that does not answer is told here, not as slow misses later. */
export async function openSession(home: CacheHome, database: Database, writeLog?: WriteLog): Promise<Session> {
  const caches = createCacheManager({
    namespace: home.namespace,
    store: home.open(),
    ...(writeLog && { writeLog }),
    defaults: { ttl: '10m' },
    caches: {
      cities: {},
      visits: { writes: { flushEvery: '1s', maxBatch: 500 } },
    },
  })
  try {
    await caches.ready()
    Container.set(Database, database)
    const undo = useTypedi(Container, caches)
    const service = Container.get(CityService)
    const source = Container.get(CityRepository)
    const close = async () => {
      await caches.close()
      undo()
      Container.reset() // the services that were built belong to the closed manager
    }
    return { caches, service, source, close }
  } catch (error) {
    await caches.close()
    throw error
  }
}
