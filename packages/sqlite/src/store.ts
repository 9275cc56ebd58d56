import { CacheConfigError, StoreError } from '@cachesmith/core'
import type { CacheScope, Finding, Store, StoreCache } from '@cachesmith/core'
import { diagnose } from './diagnose.js'
import { reasonOf } from './driver.js'
import { openFile } from './file-format.js'
import { Lifetime } from './lifetime.js'
import { Purge } from './purge.js'
import { SqliteCache } from './store-cache.js'
import { storeFormat } from './store-schema.js'

/** How a SQLite store is kept. Times are ms. */
export interface SqliteStoreOptions {
  /** How long a verb waits for another process's lock. @default 150 */
  readonly patience?: number
  /** Bound on the file, bytes. At the bound fills fail, reads go on. @default none */
  readonly maxBytes?: number
  /** Time between two looks for expired entries. @default 30_000 */
  readonly purgeEvery?: number
}

/** Time to the next run while a purge has more to do. */
const atOnce = 100

/**
 * A store in a SQLite file, shared by the processes of one machine (class B of the protocol). The path `:memory:` is a
 * store that dies with its process.
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): Store {
  const { patience = 150, purgeEvery = 30_000, maxBytes } = options
  for (const [name, value] of Object.entries({ patience, purgeEvery, maxBytes })) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue
    throw new CacheConfigError(`sqliteStore: ${name} is ${value}; write a number above 0, or leave it out.`)
  }
  return new SqliteStore(path, patience, purgeEvery, maxBytes)
}

class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly capabilities
  readonly #file: Lifetime
  readonly #path: string
  readonly #purgeEvery: number
  readonly #purge = new Purge()
  #timer: NodeJS.Timeout | undefined
  #purging = false
  #closed = false

  constructor(path: string, patience: number, purgeEvery: number, maxBytes: number | undefined) {
    const lasting = path !== ':memory:'
    this.capabilities = { atomic: true, shared: lasting, durable: lasting, leases: true } as const
    this.#path = path
    this.#purgeEvery = purgeEvery
    this.#file = new Lifetime(
      () => openFile(path, storeFormat, { synchronous: 'NORMAL', patience, maxBytes }),
      (what, cause) => new StoreError(`The SQLite cache '${path}' ${what}${reasonOf(cause)}`, { cause }),
    )
  }

  async open(): Promise<void> {
    await this.#file.open()
    if (this.#purging) return
    this.#purging = true
    this.#runPurge()
  }

  cache(scope: CacheScope): StoreCache {
    return new SqliteCache(this.#file, scope, this.capabilities.shared)
  }

  diagnose(): Promise<readonly Finding[]> {
    return diagnose(this.#path)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#file.close()
  }

  #runPurge(): void {
    this.#file
      .use((connection) => this.#purge.run(connection, Date.now()))
      .then(
        (more) => this.#purgeIn(more ? Math.min(atOnce, this.#purgeEvery) : this.#purgeEvery),
        () => this.#purgeIn(this.#purgeEvery),
      )
  }

  #purgeIn(wait: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => this.#runPurge(), wait)
    this.#timer.unref()
  }
}
