import { CacheConfigError, type CacheManager, managerOf } from '@cachesmith/core'
import type { DecoratedService } from './services.js'

const managerSymbol = Symbol.for('cachesmith.manager')

/** Who lent which prototype or class its manager; one that was bound by hand is not here and is left alone. */
const lenders = new WeakMap<object, Loans>()

/**
 * The managers that one application lends to the prototypes of its services until it ends: so that calls from start hooks find it, and
 * instances that Nest builds for one request.
 */
export class Loans {
  readonly #lent = new Set<object>()

  constructor(private readonly caches: CacheManager) {}

  /** @throws CacheConfigError where another living application lends another manager to a class whose instances cannot be told apart. */
  lend(services: readonly DecoratedService[]): void {
    for (const service of services) for (const holder of service.holders) this.#lend(service, holder)
  }

  /** Binds what Nest has built; an instance that somebody bound by hand keeps its manager. */
  bind(services: readonly DecoratedService[]): void {
    for (const { instance } of services) {
      if (instance === undefined || Object.hasOwn(instance, managerSymbol)) continue
      if (Object.isExtensible(instance)) this.caches.bind(instance)
    }
  }

  end(): void {
    for (const holder of this.#lent) {
      if (lenders.get(holder) !== this) continue
      lenders.delete(holder)
      Reflect.deleteProperty(holder, managerSymbol)
    }
    this.#lent.clear()
  }

  #lend(service: DecoratedService, holder: object): void {
    const lender = lenders.get(holder)
    if (lender === undefined && Object.hasOwn(holder, managerSymbol)) return
    if (lender !== undefined && lender !== this && managerOf(holder) !== this.caches) {
      if (service.isSingleton && typeof holder !== 'function') return
      const why = service.isSingleton ? 'has decorated static methods' : 'is built anew for each request or consumer'
      throw new CacheConfigError(
        `CachesmithModule: ${service.name} ${why}, and another Nest application of this process uses it with another manager; close that one first, or give both the same manager.`,
      )
    }
    this.caches.bind(holder)
    lenders.set(holder, this)
    this.#lent.add(holder)
  }
}
