import { type Cache, type CacheManager, createCacheManager, type Store } from '@cachesmith/core'
import type { Cached, Counts, Door, Caller } from './cached.js'
import type { Clock, Parts } from './core.js'
import { type Key, type Row, teams } from './database.js'
import { keyOf, Rows, tagsOf } from './rows.js'
import { tagOf } from './witness.js'

/** How the cache of a process is set up. Times in ms. */
export interface Setup {
  readonly store: Store | false
  readonly memory: boolean
  /** How long a stale value may be served while it is refreshed, and when the database fails; undefined: not at all. */
  readonly staleFor: number | undefined
  readonly loadTimeout: number | undefined
  /** Longest wait for one operation of the store. */
  readonly budget: number
}

const everyTag = teams.map(tagOf)
/** How long an entry is fresh, ms. */
export const ttl = 10_000

/** One process with the real engine, entered by decorated methods, by a wrapped function and by the cache. */
export class Engine implements Cached {
  readonly #manager: CacheManager
  readonly #cache: Cache<Row>
  readonly #parts: Parts
  readonly #wrapped: (key: Key) => Promise<Row>

  constructor(clock: Clock, query: (key: Key) => Promise<Row>, setup: Setup) {
    this.#manager = managerOf(clock, setup)
    this.#cache = this.#manager.cache<Row>('rows')
    this.#parts = (this.#cache as unknown as { parts: Parts }).parts
    this.#wrapped = this.#cache.wrap(query, { name: 'find', key: keyOf, tags: tagsOf })
  }

  find(by: Caller, door: Door, key: Key): Promise<Row> {
    if (door === 'decorated') return this.#rows(by).find(key)
    if (door === 'wrapped') return this.#wrapped(key)
    return this.#cache.getOrLoad(key, () => by.query(key), { tags: everyTag })
  }
  get(key: Key): Promise<Row | undefined> {
    return this.#cache.get(key)
  }

  save(by: Caller, door: Door, key: Key): Promise<unknown> {
    if (door === 'decorated') return this.#rows(by).save(key)
    return this.#cache.put(key, () => by.save(key), { tags: everyTag })
  }
  async remove(by: Caller, door: Door, key: Key): Promise<void> {
    if (door === 'decorated') return this.#rows(by).remove(key)
    await by.remove(key)
    await this.#cache.evict(key)
  }
  async rename(by: Caller, door: Door, key: Key): Promise<void> {
    if (door === 'decorated') return void (await this.#rows(by).rename(key))
    const row = await by.rename(key)
    await this.#cache.evictTags(tagsOf(row))
    await this.#cache.evict(key)
  }
  async touch(by: Caller, door: Door, team: number): Promise<void> {
    if (door === 'decorated') return this.#rows(by).touch(team)
    await by.touch(team)
    await this.#cache.evictTags([tagOf(team)])
  }
  async wipe(by: Caller, door: Door, key: Key): Promise<void> {
    if (door === 'decorated') return this.#rows(by).wipe(key)
    await by.wipe(key)
    await this.#cache.clear()
  }
  expire(key: Key): Promise<void> {
    return this.#cache.expire(key)
  }
  async bumpVersion(by: Caller, key: Key): Promise<void> {
    await by.wipe(key)
    await this.#cache.bumpVersion()
  }

  #rows(by: Caller): Rows {
    return this.#manager.bind(new Rows(by))
  }

  async visit(): Promise<void> {
    await this.#cache.get('elsewhere')
  }
  get underWay(): number {
    return this.#parts.flights.size
  }
  get owes(): boolean {
    return this.#parts.far?.owed.any ?? false
  }
  get counts(): Counts {
    const { hits, stale, misses, loads, joined, notStored: refused, invalidations, puts } = this.#parts.stats
    return { hits, stale, misses, loads, joined, refused, invalidations, puts }
  }
}

function managerOf(clock: Clock, { store, memory, staleFor, loadTimeout, budget }: Setup): CacheManager {
  const rows = {
    ttl,
    memory: memory ? {} : (false as const),
    staleWhileRevalidate: staleFor,
    staleIfError: staleFor,
    loadTimeout,
  }
  return createCacheManager({ namespace: 'lab', clock, store, budget, caches: { rows } })
}
