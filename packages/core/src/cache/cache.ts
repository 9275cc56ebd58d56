import { keyText } from '../key/key.js'
import { StoredKey } from '../key/stored-key.js'
import { CacheConfigError, CacheError, StoreError } from '../kernel/errors.js'
import { failed } from '../tier/far.js'
import { type CallOptions, checkSignal, checkTags, loadOfCall, noOptions } from './call.js'
import { Changes } from './changes.js'
import { clear, evictKeys, evictTags, expireKeys, expireTagsOf } from './evict.js'
import type { Explanation } from './explain.js'
import { find, findAt, lookUpOne } from './find.js'
import { give } from './give.js'
import { type Load, type LoadContext, type Parts, tell } from './parts.js'
import type { Peeked } from './peeked.js'
import type { CacheWrites } from './pending.js'
import { abandonPut, beginPut, puttingOf } from './put.js'
import { lookUpMany, Recall } from './recall.js'
import { look, read } from './read.js'
import { type Answer, getOrLoadMany, type ItemOf, type LoadMissing, type ManyOptions } from './several.js'
import { type EntriesOptions, type EntrySummary, entries, snapshot } from './snapshot.js'
import { type CacheStats, methodCounts } from './stats.js'
import { commit } from './transactions.js'

/** One named cache. Keys are a part or a list of parts: `'a'` and `['a']` are one key. */
export class Cache<V = unknown> {
  readonly #where: string
  #recall: Recall | undefined

  constructor(
    protected readonly parts: Parts,
    private readonly writeBehind: () => CacheWrites & { flush(key?: string): Promise<void> },
  ) {
    this.#where = `cache '${parts.name}': key`
  }

  get name(): string {
    return this.parts.name
  }

  #key(key: unknown): string {
    if (key instanceof StoredKey) return key.text
    return this.parts.scoped(keyText(key, this.#where))
  }

  /** The value of a key, or undefined: also for a cached undefined (`peek` tells them apart). `version` reads an older version of the values. */
  async get(key: unknown, options: { version?: number } = {}): Promise<V | undefined> {
    const text = this.#key(key)
    if (options.version !== undefined) {
      const entry = await findAt(this.parts, text, options.version)
      return entry === undefined ? undefined : (give(entry) as V)
    }
    const hit = look(this.parts, text)
    if (hit !== undefined) return give(hit) as V
    return (await lookUpOne(this.parts, text)) as V | undefined
  }

  /** The entry of a key, with its times and tags, or undefined. */
  async peek(key: unknown): Promise<Peeked<V> | undefined> {
    const [found] = await find(this.parts, [this.#key(key)])
    if (found === undefined) return undefined
    const { entry } = found
    const { clock } = this.parts
    const wall = clock.now() - clock.monotonic()
    return {
      value: give(entry) as V,
      createdAt: Math.round(wall + entry.bornAt),
      expiresAt: Math.round(wall + entry.freshUntil),
      tags: entry.tags,
      tier: found.tier,
    }
  }

  /** The value of a key; loads and stores it where there is none. Calls of one loader function on one key share a load. */
  getOrLoad<L extends V | null | undefined>(
    key: unknown,
    load: (context: LoadContext<V>) => L | PromiseLike<L>,
    options: CallOptions = noOptions,
  ): Promise<L> {
    try {
      const text = this.#key(key)
      if (options.signal !== undefined) checkSignal(options.signal, `cache '${this.name}'`)?.throwIfAborted()
      const hit = look(this.parts, text)
      if (hit !== undefined) return Promise.resolve(give(hit) as L)
      return Promise.resolve(read(this.parts, text, loadOfCall(this.parts, load as Load['run'], options)) as L)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The values of several keys, in their order; undefined where there is none. One read of the store. */
  async getMany(keys: Iterable<unknown>): Promise<(V | undefined)[]> {
    this.#recall ??= Recall.of(this.parts)
    return lookUpMany(this.parts, this.#recall, Array.from(keys), (key) => this.#key(key)) as Promise<(V | undefined)[]>
  }

  /**
   * The values of several ids, in their order. `loadMissing` is called once with those that are not cached; it answers a list with one
   * item for each, a list with `idOf`, a Map, or a record. Each is stored under its own key, as by `getOrLoad`.
   */
  async getOrLoadMany<I, R extends Answer<I, V | null | undefined>>(
    ids: Iterable<I>,
    loadMissing: (ids: I[], context: Pick<LoadContext, 'signal'>) => R | PromiseLike<R>,
    options: ManyOptions<I> = {},
  ): Promise<(ItemOf<R> | undefined)[]> {
    const load = loadMissing as LoadMissing<I, unknown>
    return (await getOrLoadMany(this.parts, ids, load, options, (key) => this.#key(key))) as (ItemOf<R> | undefined)[]
  }

  /** Stores a value. With a function: runs it as a write-through, so that writers that overlap leave a miss, never the older value. */
  async put<P extends V>(key: unknown, value: P | (() => P | PromiseLike<P>), options: CallOptions = {}): Promise<P> {
    const text = this.#key(key)
    const load = loadOfCall(this.parts, () => value, options)
    const write = await beginPut(this.parts, text)
    let made: P
    try {
      made = typeof value === 'function' ? await (value as () => P | PromiseLike<P>)() : value
    } catch (error) {
      abandonPut(this.parts, write)
      throw error
    }
    const changes = new Changes()
    const putting = puttingOf(this.parts, write, text, load, made)
    changes.put(putting)
    await commit(this.parts, changes)
    return made
  }

  /** Removes an entry; a load of it that is under way is not kept. */
  async evict(key: unknown): Promise<void> {
    await evictKeys(this.parts, [this.#key(key)])
  }

  async evictMany(keys: Iterable<unknown>): Promise<void> {
    const texts = Array.from(keys, (key) => this.#key(key))
    await evictKeys(this.parts, texts)
  }

  /** Outdates every entry that bears one of these tags. */
  async evictTags(tags: readonly string[]): Promise<void> {
    await evictTags(this.parts, checkTags(tags, `cache '${this.name}': evictTags`))
  }

  /** Makes an entry stale, not gone: still served within staleWhileRevalidate and staleIfError. */
  async expire(key: unknown): Promise<void> {
    await expireKeys(this.parts, [this.#key(key)])
  }

  /** Makes every entry that bears one of these tags stale, not gone. */
  async expireTags(tags: readonly string[]): Promise<void> {
    await expireTagsOf(this.parts, checkTags(tags, `cache '${this.name}': expireTags`))
  }

  /** Outdates every entry of the cache, in all processes. */
  async clear(): Promise<void> {
    await clear(this.parts)
  }

  /** Moves every process to the next version of the values: older entries are out of reach and left to expire. Answers the new version. */
  async bumpVersion(): Promise<number> {
    const { parts } = this
    if (parts.transactions.changes(parts) !== undefined)
      throw new CacheError(
        'CONFIG',
        `cache '${this.name}': bumpVersion cannot wait for a transaction to end; call it after caches.transaction(…).`,
      )
    let generation = parts.generation + 1
    if (parts.far !== undefined) {
      const answer = await parts.far.bumpVersion()
      if (answer === failed)
        throw new StoreError(`cache '${this.name}': bumpVersion was not taken by ${parts.far.store.name}; try again`)
      generation = answer
    }
    parts.generation = generation
    parts.near?.bump()
    parts.position.tick()
    parts.flights.detachAll()
    tell(parts, { type: 'bump', cache: this.name, version: parts.version + generation })
    return parts.version + generation
  }

  /** A cached form of a function, with the options of @Cacheable; `name` stands in the default key. */
  wrap<A extends unknown[], R>(
    fn: (...args: A) => Promise<R>,
    options: {
      name: string
      key?: (...args: A) => unknown
      tags?: readonly string[] | ((result: NonNullable<R>, ...args: A) => readonly string[])
    } & Omit<CallOptions, 'tags'>,
  ): (...args: A) => Promise<R> {
    const { name, key, tags, ...fresh } = options
    if (typeof name !== 'string' || name === '')
      throw new CacheConfigError(`cache '${this.name}': wrap needs a name, such as { name: '${fn.name || 'find'}' }`)
    const counts = methodCounts(this.parts.stats, name)
    return async (...args) => {
      const text = this.#key(key === undefined ? [name, args] : key(...args))
      const hit = look(this.parts, text)
      if (hit !== undefined) {
        counts.hits++
        return give(hit) as R
      }
      const load = { ...loadOfCall(this.parts, () => fn(...args), fresh), method: fn, counts }
      if (tags !== undefined)
        load.tags = (value) =>
          typeof tags !== 'function'
            ? tags
            : value === null || value === undefined
              ? []
              : tags(value as NonNullable<R>, ...args)
      return (await read(this.parts, text, load)) as R
    }
  }

  /** Write-behind of this cache: what is pending, and what was given up. */
  get writes(): CacheWrites {
    const behind = this.writeBehind()
    return {
      pending: () => behind.pending(),
      flush: (key) => behind.flush(key === undefined ? undefined : this.#key(key)),
      parked: () => behind.parked(),
      deadLetters: (options) => behind.deadLetters(options),
      replay: (id) => behind.replay(id),
      discard: (id) => behind.discard(id),
    }
  }

  /** What memory holds, without values, in no promised order, each as it is when the iteration reaches it. Counted as no use. */
  entries(options: EntriesOptions & { gaps: true }): IterableIterator<EntrySummary | undefined>
  entries(options?: EntriesOptions & { gaps?: false }): IterableIterator<EntrySummary>
  entries(options: EntriesOptions = {}): IterableIterator<EntrySummary | undefined> {
    return entries(this.parts, options)
  }

  /** Counts since the cache was made. */
  stats(): CacheStats {
    return snapshot(this.parts)
  }

  /** Why the last call on a key hit, missed or had its result refused, and whose doing that was. Counts as no read. */
  async explain(key: unknown): Promise<Explanation> {
    const text = this.#key(key)
    const { explain } = await import('./explain.js')
    return explain(this.parts, text)
  }

  /** Lets every call through, as if undecorated; what is stored stays, and invalidations still reach it. */
  disable(): void {
    this.parts.enabled = false
  }
  enable(): void {
    this.parts.enabled = true
  }
}
