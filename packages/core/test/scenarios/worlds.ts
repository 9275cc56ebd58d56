import {
  type Cache,
  type CacheEvent,
  type CacheManager,
  type CacheOptions,
  createCacheManager,
  keyvStore,
  type ManagerOptions,
  type Store,
} from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import Keyv from 'keyv'
import { gate } from '../decorators/kit.js'

/** One process of a world: a manager with one cache, and all that it told. */
export interface Process {
  readonly caches: CacheManager
  readonly users: Cache<any>
  readonly events: CacheEvent[]
}

/** One run of a scenario: what its processes share. */
export interface World {
  readonly title: string
  readonly clock: FakeClock
  /** What the store holds; empty where there is none. */
  readonly ground: Map<string, any>
  /** Whether reads may come from memory. */
  readonly memory: boolean
  /** Another process of this world, whose cache is 'users'. `around` puts something between it and its store. */
  process(cache?: CacheOptions, options?: ManagerOptions, around?: (store: Store) => Store): Process
}

interface Configuration {
  readonly title: string
  readonly store: boolean
  readonly memory: boolean
}

/** Every configuration that the scenarios run over; those of SQLite are in its own package. */
const configurations: readonly Configuration[] = [
  { title: 'memory only', store: false, memory: true },
  { title: 'memory over a Keyv', store: true, memory: true },
  { title: 'a Keyv without memory', store: true, memory: false },
]

function open({ title, store, memory }: Configuration): World & { close(): Promise<void> } {
  const clock = new FakeClock()
  const ground = new Map<string, any>()
  const processes: Process[] = []
  const process: World['process'] = (cache = {}, options = {}, around = (s) => s) => {
    const over = store ? around(keyvStore(new Keyv({ store: ground }), { shared: true })) : false
    const users = memory ? cache : { ...cache, memory: false as const }
    const caches = createCacheManager({ clock, store: over, caches: { users }, ...options })
    const events: CacheEvent[] = []
    caches.observe({ on: (event) => events.push(event) })
    processes.push({ caches, users: caches.cache('users'), events })
    return processes.at(-1)!
  }
  const close = async () => {
    for (const { caches, users } of processes) {
      await caches.flush()
      expect(caches.configuredParts('users', 'test').flights.size, 'loads and writes left over').to.equal(0)
      const { hits, memoryHits } = users.stats()
      expect(memoryHits).to.be.at.most(hits + users.stats().stale)
    }
    for (const { caches } of processes) await caches.close()
    expect(clock.timers, 'timers left over').to.equal(0)
  }
  return { title, clock, ground, memory, process, close }
}

/** Runs a scenario in every configuration; `of` leaves some out. Afterwards nothing may be under way. */
export function inWorlds(
  title: string,
  run: (world: World) => Promise<void>,
  of: (c: Configuration) => boolean = () => true,
): void {
  for (const configuration of configurations.filter(of)) {
    it(`${title} (${configuration.title})`, async () => {
      const world = open(configuration)
      await run(world)
      await world.close()
    })
  }
}

/** Those with a store, which several processes may share. */
export const shared = (c: Configuration): boolean => c.store
export const sharedWithMemory = (c: Configuration): boolean => c.store && c.memory

/** A loader that says when it has begun, and ends when it is told: the first run only, later ones answer `later` at once. */
export function held<T>(first: T, later: T = first) {
  const [began, end] = [gate(), gate<T>()]
  let runs = 0
  return {
    load: (): T | Promise<T> => {
      if (++runs > 1) return later
      began.open()
      return end.promise
    },
    began: began.promise,
    end: () => end.open(first),
    fail: end.fail,
    get runs() {
      return runs
    },
  }
}

/** A loader that must not run. */
export const never = (): never => {
  throw new Error('it was to be answered without a load')
}

/** A store that does what it is asked at once, and whose answer to one chosen verb can be held back. */
export function answersLate(inner: Store, verb: 'read' | 'fill' | 'put') {
  const gates = () => ({ done: gate(), release: gate() })
  let holding: ReturnType<typeof gates> | undefined
  const store: Store = {
    name: inner.name,
    capabilities: inner.capabilities,
    open: () => inner.open(),
    close: () => inner.close(),
    cache: (scope) => {
      const verbs = inner.cache(scope)
      return new Proxy(verbs, {
        get: (target, name) => {
          const member = Reflect.get(target, name) as unknown
          if (typeof member !== 'function') return member
          return async (...args: unknown[]) => {
            const answer = await member.apply(target, args)
            const held = name === verb ? holding : undefined
            if (held === undefined) return answer
            holding = undefined
            held.done.open()
            await held.release.promise
            return answer
          }
        },
      })
    },
  }
  /** The next answer waits; `done` resolves when the store has done its part. */
  const holdNext = () => {
    const held = (holding = gates())
    return { done: held.done.promise, release: () => held.release.open() }
  }
  return { store, holdNext }
}
