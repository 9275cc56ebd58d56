/// <reference lib="esnext.disposable" preserve="true" />
import type { Operation } from '../behind/operation.js'
import type { Writes } from '../behind/writes.js'
import { Cache } from '../cache/cache.js'
import type { Parts } from '../cache/parts.js'
import { snapshot } from '../cache/snapshot.js'
import { type CacheStats, emptyStats } from '../cache/stats.js'
import { Transactions } from '../cache/transactions.js'
import { Codecs } from '../entry/codec.js'
import { Background } from '../flight/background.js'
import { systemClock } from '../kernel/clock.js'
import { keptAlive } from '../kernel/alive.js'
import { debugObserver } from '../kernel/debug.js'
import { type Duration, parseDuration } from '../kernel/duration.js'
import { CacheConfigError } from '../kernel/errors.js'
import type { Finding } from '../kernel/finding.js'
import { type Observer, Observers } from '../kernel/events.js'
import { nearest } from '../kernel/options.js'
import type { FreshOptions } from '../policy/policy.js'
import { buildParts, type Common } from './build.js'
import { type Health, healthOf } from './health.js'
import { checkManager, type ManagerOptions } from './options.js'
import type { Access } from '../tier/access.js'
import { Layers } from './layers.js'
import { attachAll } from './attachable.js'
import { closeOn } from './signals.js'
import { Stores } from './stores.js'
import { WriteBehinds } from './write-behind.js'

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
  /** First part of every stored key; names the manager where events of several are published. */
  readonly namespace: string
  readonly codecs: Codecs
  readonly #layers: Layers
  readonly #common: Common
  readonly #stores: Stores
  readonly #parts = new Map<string, Parts>()
  readonly #writes: WriteBehinds
  readonly #caches = new Map<string, Cache<never>>()
  #enabled = true
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
    this.#layers = new Layers(options)
    this.namespace = options.namespace ?? 'cachesmith'
    this.codecs = options.codecs ?? new Codecs()
    this.#common = {
      namespace: this.namespace,
      clock,
      observers: new Observers(this.namespace),
      codecs: this.codecs,
      background: new Background(),
      budget: ms('budget', 200),
      leaseTime: ms('leaseTime', 2_000),
      throttle: ms('staleIfErrorThrottle', 30_000),
      transactions: new Transactions(),
    }
    const debug = debugObserver(this.namespace)
    if (debug !== undefined) this.observe(debug)
    this.#stores = new Stores(clock)
    this.#writes = new WriteBehinds(options.writeLog, {
      common: this.#common,
      settingsOf: (name) => this.#layers.writesOf(name),
      partsOf: (name) => this.impliedParts(name),
    })
    for (const layer of [options, options.defaults, ...Object.values(options.caches ?? {})]) {
      if (layer?.store) this.#stores.of(layer.store)
    }
  }

  /** A cache of `names()` (on the embedded manager: any). */
  cache<V = unknown>(name: string): Cache<V> {
    const parts = this.#parts.get(name) ?? this.configuredParts(name, 'cache()')
    let cache = this.#caches.get(name)
    if (cache === undefined) this.#caches.set(name, (cache = new Cache(parts, () => this.#writes.of(parts))))
    return cache as unknown as Cache<V>
  }

  /** Opens stores and write log; rejects with what is wrong with them. Without it they open at their first use. */
  async ready(): Promise<void> {
    await Promise.all([this.#stores.ready(), this.#writes.ready()])
  }

  /** Listens to all that the caches tell; answers a function that ends it. */
  observe(observer: Observer): () => void {
    return this.#common.observers.add(observer)
  }

  /** The caches that are configured here and those made since, named after classes; sorted. */
  names(): readonly string[] {
    return [...new Set([...this.#layers.names, ...this.#parts.keys()])].sort()
  }

  /** The statistics of all caches by their names; asking makes none and opens nothing. */
  stats(): Readonly<Record<string, CacheStats>> {
    const of = (parts: Parts | undefined) => (parts === undefined ? emptyStats() : snapshot(parts))
    return Object.fromEntries(this.names().map((name) => [name, of(this.#parts.get(name))]))
  }

  /** How the stores and the write log do, as this process has seen them; asking opens nothing and sends nothing. */
  health(): Health {
    const on = (store: Access) => (name: string) => this.#stores.of(this.#layers.storeOf(name)) === store
    const cachesOf = (store: Access) => this.names().filter(on(store))
    return healthOf(this.#stores.all, cachesOf, [...this.#parts.values()], this.#writes.health())
  }

  /** Opens stores and write log, each for at most 5 s, and says what it finds and what to do about it. For operators. */
  async diagnose(): Promise<readonly Finding[]> {
    const { diagnose } = await import('./diagnose.js')
    return diagnose(this.#stores.all, this.#writes.log, this.#common.clock)
  }

  /** Makes the decorated methods of an instance (or, for statics, a class) use this manager. Answers the instance. */
  bind<T extends object>(instance: T): T {
    const bound = Reflect.defineProperty(instance, managerSymbol, { value: this, configurable: true, writable: true })
    if (!bound)
      throw new CacheConfigError(
        `bind: this ${instance.constructor?.name ?? 'object'} is frozen; bind it before it is frozen, or use setDefaultManager.`,
      )
    attachAll(this, instance)
    return instance
  }

  /** Waits for background work and drains write-behind; removes nothing. */
  async flush(): Promise<void> {
    await keptAlive(this.#writes.flush())
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

  /**
   * Waits for open transactions, then drains write-behind, each for at most `deadline`; ends background work, closes the stores. The process stays alive until it is done,
   * also where nobody awaits it. A second call is the first one's.
   */
  close(options: { /** @default '10s' */ deadline?: Duration } = {}): Promise<Closed> {
    const deadline = () => parseDuration(options.deadline ?? 10_000, "close: 'deadline'", { allowZero: true })
    return (this.#closing ??= keptAlive(this.#close(deadline())))
  }

  /**
   * From now on SIGTERM and SIGINT close this manager and then end the process with the signal's code (143, 130); a second signal
   * ends it at once. What is left at the deadline stays in a durable log. Answers a function that takes this back.
   */
  closeOnSignals(options: { /** @default '10s' */ deadline?: Duration } = {}): () => void {
    const ms = parseDuration(options.deadline ?? 10_000, "closeOnSignals: 'deadline'", { allowZero: true })
    return closeOn(['SIGTERM', 'SIGINT'], () => this.close({ deadline: ms }), ms)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(deadline: number): Promise<Closed> {
    const { transactions, clock, background } = this.#common
    const open = await transactions.close(clock, deadline)
    const left = await this.#writes.drain(deadline)
    await background.settled()
    await Promise.all([...this.#parts.values()].map((parts) => parts.far?.end()))
    await Promise.all([this.#stores.close(), this.#writes.closeLog()])
    return { ...(open > 0 && { transactions: open }), left }
  }

  /** For the decorators: a cache that is named by an option. */
  configuredParts(name: string, where: string): Parts {
    if (this.makesAny || this.#layers.has(name)) return this.impliedParts(name)
    const names = this.#layers.names
    const near = nearest(name, names)
    throw new CacheConfigError(
      `${where}: no cache named '${name}' is configured${near ? `; did you mean '${near}'?` : ''} Configured: ${names.join(', ') || 'none'}. Add it to createCacheManager({ caches: { ${JSON.stringify(name)}: {} } }).`,
    )
  }

  /** For the decorators: a cache that is named after a class. */
  impliedParts(name: string): Parts {
    const known = this.#parts.get(name)
    if (known !== undefined) return known
    const parts = buildParts(name, this.#layers.of(name), this.#stores.of(this.#layers.storeOf(name)), this.#common)
    parts.enabled = this.#enabled
    this.#parts.set(name, parts)
    this.#writes.meet(parts)
    return parts
  }
  /** For the decorators: freshness as manager and cache have it, in this order. */
  freshOptions(name: string): FreshOptions[] {
    return this.#layers.of(name)
  }

  /** For the decorators: write-behind of a cache, made when first asked for. */
  writesOf(parts: Parts): Writes {
    return this.#writes.of(parts)
  }

  /** For the decorators: an operation of write-behind has its service. */
  serve(parts: Parts, operation: Operation): void {
    this.#writes.serve(parts, operation)
  }
}

/** Makes a manager: validates its options now, opens its stores at their first use (or at `ready()`). */
export function createCacheManager(options: ManagerOptions = {}): CacheManager {
  return new CacheManager(options)
}
