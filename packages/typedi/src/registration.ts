import { CacheConfigError, type CacheManager, defaultManager, managerOf } from '@cachesmith/core'
import { isEmpty, isHandMade, type Internals, rootId, type Service, type ServiceClass } from './container.js'
import { isDecorated } from './decorated.js'

const managerSymbol = Symbol.for('cachesmith.manager')

/** Which registration bound an object; one that was bound by hand is not here and is left as it is. */
const boundBy = new WeakMap<object, Registration>()

/** Prototypes that carry a manager only while a constructor runs. */
const lent = new WeakSet<object>()

/** One `useTypedi`: a container and the manager of what it builds. */
export class Registration {
  #ended = false
  readonly #classes = new Set<ServiceClass>()

  constructor(
    readonly id: string,
    readonly caches: CacheManager,
  ) {}

  /** Binds an object that has decorated methods, unless somebody else did. A promise: what it resolves to. */
  adopt(value: unknown): void {
    if (value === null || typeof value !== 'object') return
    if (value instanceof Promise)
      return void value.then(
        (made) => this.adopt(made),
        () => {},
      )
    if (!isDecorated(Object.getPrototypeOf(value)) || this.#isTaken(value)) return
    if (!Object.isExtensible(value) && !Object.hasOwn(value, managerSymbol) && defaultManager() === this.caches) return
    this.caches.bind(value)
    boundBy.set(value, this)
  }

  /** Takes note of a service as it is registered: a value made by hand is bound, and so is a class for its static methods. */
  meet(service: Service): void {
    if (service.value !== undefined && !isEmpty(service.value)) this.adopt(service.value)
    const cls = service.type
    if (this.id !== rootId || typeof cls !== 'function' || !isDecorated(cls) || this.#isTaken(cls)) return
    this.caches.bind(cls)
    boundBy.set(cls, this)
    this.#classes.add(cls)
  }

  /** Makes a class's prototype carry the manager, for calls from inside the constructor. Answers what ends that. */
  lend(prototype: object): () => void {
    const isInner = lent.has(prototype)
    const before = managerOf(prototype)
    if (!Object.isExtensible(prototype) || !isDecorated(prototype) || isBoundByHand(prototype)) return () => {}
    this.caches.bind(prototype)
    lent.add(prototype)
    return () => {
      if (isInner) return void before?.bind(prototype)
      lent.delete(prototype)
      Reflect.deleteProperty(prototype, managerSymbol)
    }
  }

  /** Names of the decorated services that a container built for itself, too early for this registration. */
  builtIn(container: Internals): string[] {
    return container.services
      .filter((s) => !isHandMade(s) && s.value !== null && typeof s.value === 'object')
      .map((s) => s.value as object)
      .filter((value) => isDecorated(Object.getPrototypeOf(value)))
      .filter((value) => managerOf(value) !== this.caches && !isBoundByHand(value))
      .map((value) => value.constructor.name || 'an anonymous class')
  }

  /** Instances keep their manager; statics lose it. */
  end(): void {
    this.#ended = true
    for (const cls of this.#classes) {
      if (boundBy.get(cls) === this && managerOf(cls) === this.caches) Reflect.deleteProperty(cls, managerSymbol)
    }
  }

  #isTaken(target: object): boolean {
    const by = boundBy.get(target)
    return isBoundByHand(target) || (by !== undefined && !by.#ended)
  }
}

function isBoundByHand(target: object): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, managerSymbol) && !lent.has(at)) return boundBy.get(at)?.caches !== managerOf(at)
  }
  return false
}

/** Thrown where typedi was first. */
export function refuseBuilt(names: string[]): void {
  if (names.length === 0) return
  throw new CacheConfigError(
    `useTypedi: typedi has already built ${[...new Set(names)].join(', ')}, whose decorated methods would use another manager. Call useTypedi first, before the first Container.get (and before eager services are imported); in tests call Container.reset() before it.`,
  )
}
