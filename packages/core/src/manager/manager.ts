import { memoryWriteLog } from '../behind/memory-log.js'
import type { WriteLog } from '../behind/write-log.js'
import { Writes } from '../behind/writes.js'
import { Cache } from '../cache/cache.js'
import { invalidate } from '../cache/evict.js'
import type { Parts } from '../cache/parts.js'
import { Transactions } from '../cache/transactions.js'
import { Codecs } from '../entry/codec.js'
import { Background } from '../flight/background.js'
import { systemClock } from '../kernel/clock.js'
import { parseDuration } from '../kernel/duration.js'
import { CacheConfigError } from '../kernel/errors.js'
import { type Observer, Observers } from '../kernel/events.js'
import { nearest } from '../kernel/options.js'
import type { FreshOptions } from '../policy/policy.js'
import { buildParts, type Common } from './build.js'
import {
  type CacheOptions,
  checkManager,
  type ManagerOptions,
  resolveWrites,
  type WriteBehindSettings,
} from './options.js'
import { openedFirst } from './opened-log.js'
import { Stores } from './stores.js'

const managerSymbol = Symbol.for('cachesmith.manager')

/** The manager that an instance (or, for statics, a class) was bound to. */
export const managerOf = (self: object): CacheManager | undefined =>
  (self as { [managerSymbol]?: CacheManager })[managerSymbol]

/** What `close` leaves behind. */
export interface Closed {
  /** Acknowledged writes that did not reach their sink in time; a durable log has them still. */
  readonly left: number
  /** Transactions that were still open at the deadline: what they evict and put is not applied, and they reject, saying so. */
  readonly transactions?: number
}

/** Builds, owns and closes the caches of an application, their stores and their write-behind. */
export class CacheManager {
  readonly codecs: Codecs
  readonly #options: ManagerOptions
  readonly #common: Common
  readonly #stores: Stores
  readonly #parts = new Map<string, Parts>()
  readonly #writes = new Map<Parts, Writes>()
  readonly #caches = new Map<string, Cache<never>>()
  readonly #log: WriteLog
  #enabled = true
  #logOpen: Promise<void> | undefined
  #closing: Promise<Closed> | undefined

  /** `makesAny`: any name makes a cache; only the embedded manager does. */
  constructor(
    options: ManagerOptions = {},
    private readonly makesAny = false,
  ) {
    checkManager(options)
    const clock = options.clock ?? systemClock
    const ms = (name: 'budget' | 'leaseTime' | 'staleIfErrorThrottle', otherwise: number) =>
      parseDuration(options[name] ?? otherwise, name)
    this.#options = options
    this.codecs = options.codecs ?? new Codecs()
    this.#common = {
      namespace: options.namespace ?? 'cachesmith',
      clock,
      observers: new Observers(),
      codecs: this.codecs,
      background: new Background(),
      budget: ms('budget', 200),
      leaseTime: ms('leaseTime', 2_000),
      throttle: ms('staleIfErrorThrottle', 30_000),
      transactions: new Transactions(),
    }
    this.#stores = new Stores(clock)
    this.#log = options.writeLog ?? memoryWriteLog()
    for (const layer of [options, options.defaults, ...Object.values(options.caches ?? {})]) {
      if (layer?.store) this.#stores.of(layer.store)
    }
  }

  /** A cache that is configured here (on the embedded manager: any). */
  cache<V = unknown>(name: string): Cache<V> {
    const parts = this.configuredParts(name, 'cache()')
    let cache = this.#caches.get(name)
    if (cache === undefined) this.#caches.set(name, (cache = new Cache(parts, () => this.writesOf(parts))))
    return cache as unknown as Cache<V>
  }

  /** Opens stores and write log; rejects with what is wrong with them. Without it they open at their first use. */
  async ready(): Promise<void> {
    await Promise.all([this.#stores.ready(), this.#openLog()])
  }

  /** Listens to all that the caches tell; answers a function that ends it. */
  observe(observer: Observer): () => void {
    return this.#common.observers.add(observer)
  }

  /** Makes the decorated methods of an instance (or, for statics, a class) use this manager. Answers the instance. */
  bind<T extends object>(instance: T): T {
    const bound = Reflect.defineProperty(instance, managerSymbol, { value: this, configurable: true, writable: true })
    if (!bound)
      throw new CacheConfigError(
        `bind: this ${instance.constructor?.name ?? 'object'} is frozen; bind it before it is frozen, or use setDefaultManager.`,
      )
    return instance
  }

  /** Waits for background work and drains write-behind; removes nothing. */
  async flush(): Promise<void> {
    await Promise.all([...this.#writes.values()].map((w) => w.flush()))
    await this.#common.background.settled()
  }

  /**
   * Runs a function in whose course what is evicted and put takes effect only when it resolves, and vanishes when it rejects. A read
   * inside is not answered by what the transaction has touched; what it loads is kept nowhere. Put it around a database transaction.
   */
  transaction<T>(work: () => T | PromiseLike<T>): Promise<T> {
    return this.#common.transactions.run(work)
  }

  /** For the decorators: work that is no part of the transaction that it happens to start in. */
  outside<T>(work: () => T): T {
    return this.#common.transactions.outside(work)
  }

  /** All caches let every call through, as if undecorated. */
  disable(): void {
    this.#enable(false)
  }
  enable(): void {
    this.#enable(true)
  }

  #enable(enabled: boolean): void {
    this.#enabled = enabled
    for (const parts of this.#parts.values()) parts.enabled = enabled
  }

  /** Waits for open transactions, then drains write-behind, each for at most `deadline`; ends background work, closes the stores. A second call is the first one's. */
  close(options: { deadline?: number } = {}): Promise<Closed> {
    this.#closing ??= this.#close(options.deadline ?? 10_000)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(deadline: number): Promise<Closed> {
    const { transactions, clock } = this.#common
    const open = await transactions.close(clock, deadline)
    const ends = await Promise.allSettled([...this.#writes.values()].map((w) => w.close(deadline)))
    await this.#common.background.settled()
    await Promise.all([
      this.#stores.close(),
      this.#logOpen?.then(
        () => this.#log.close(),
        () => {},
      ),
    ])
    return {
      ...(open > 0 && { transactions: open }),
      left: ends.reduce((sum, end) => sum + (end.status === 'fulfilled' ? end.value.left : 0), 0),
    }
  }

  /** For the decorators: a cache that is named by an option. */
  configuredParts(name: string, where: string): Parts {
    const options = this.#configured(name)
    if (options !== undefined || this.makesAny) return this.#make(name, options)
    const names = Object.keys(this.#options.caches ?? {})
    const near = nearest(name, names)
    throw new CacheConfigError(
      `${where}: no cache named '${name}' is configured${near ? `; did you mean '${near}'?` : ''} Configured: ${names.join(', ') || 'none'}. Add it to createCacheManager({ caches: { ${JSON.stringify(name)}: {} } }).`,
    )
  }

  /** For the decorators: a cache that is named after a class. */
  impliedParts(name: string): Parts {
    return this.#make(name, this.#configured(name))
  }
  /** For the decorators: freshness as manager and cache have it, in this order. */
  freshOptions(name: string): FreshOptions[] {
    return this.#layers(this.#configured(name))
  }

  /** For the decorators: write-behind of a cache, made when first asked for. */
  writesOf(parts: Parts): Writes {
    const known = this.#writes.get(parts)
    if (known !== undefined) return known
    const { clock, observers } = this.#common
    const settings = this.#layers(this.#configured(parts.name)).reduce<WriteBehindSettings>(
      (all, l) => ({ ...all, ...l.writes }),
      {},
    )
    const writes = new Writes({
      cache: parts.name,
      log: openedFirst(this.#log, () => this.#openLog()),
      clock,
      options: resolveWrites(settings, `cache '${parts.name}': writes`),
      encode: (value) => this.codecs.encode(value),
      decode: (text) => this.codecs.decode(text),
      emit: (event) => {
        if (observers.any) observers.emit(event)
      },
      onDone: (key) => invalidate(parts, { keys: [key], tags: [], all: false }),
    })
    parts.writes = writes
    this.#writes.set(parts, writes)
    return writes
  }

  #openLog(): Promise<void> {
    this.#logOpen ??= this.#log.open().catch((error: unknown) => {
      this.#logOpen = undefined
      throw error
    })
    return this.#logOpen
  }

  #configured(name: string): CacheOptions | undefined {
    const { caches } = this.#options
    return caches && Object.hasOwn(caches, name) ? caches[name] : undefined
  }

  #layers(cache: CacheOptions | undefined): CacheOptions[] {
    return [this.#options.defaults ?? {}, cache ?? {}]
  }

  #make(name: string, cache: CacheOptions | undefined): Parts {
    const known = this.#parts.get(name)
    if (known !== undefined) return known
    const layers = this.#layers(cache)
    const store = layers.findLast((l) => l.store !== undefined)?.store ?? this.#options.store ?? false
    const parts = buildParts(name, layers, this.#stores.of(store), this.#common)
    parts.enabled = this.#enabled
    this.#parts.set(name, parts)
    return parts
  }
}

/** Makes a manager: validates its options now, opens its stores at their first use (or at `ready()`). */
export function createCacheManager(options: ManagerOptions = {}): CacheManager {
  return new CacheManager(options)
}
