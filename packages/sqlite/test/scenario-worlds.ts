import {
  type Cache,
  type CacheManager,
  type CacheOptions,
  createCacheManager,
  type ManagerOptions,
  type Store,
} from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { sqliteStore } from '@cachesmith/sqlite'
import { assert } from 'chai'
import { otherHand, temporaryFiles } from './files.js'

/** One process: a manager over a store of its own on the world's file, with one cache. */
export interface Process {
  readonly caches: CacheManager
  readonly users: Cache<any>
  /** Why values were returned and not kept. */
  readonly refused: string[]
  /** Waits until the store has answered all that it was asked. */
  readonly idle: () => Promise<void>
  /** The next answer to this verb waits; `done` resolves when the store has done its part. */
  readonly holdNext: (verb: string) => { done: Promise<void>; release: () => void }
}

export interface World {
  readonly path: string
  readonly clock: FakeClock
  process(cache?: CacheOptions, options?: ManagerOptions): Process
  /** Lets time pass, a little at a time, with the stores idle before each step. */
  pass(ms: number): Promise<void>
  /** Lets time pass until this has settled. */
  until<T>(work: Promise<T>): Promise<T>
  /** Another hand on the file. */
  sql(statement: string, ...values: unknown[]): Promise<Record<string, unknown>[]>
}

/** A promise that the test settles. */
export function gate<T = void>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((res, rej) => {
    resolve = res
    reject = rej
  })
  return { promise, resolve, reject }
}

/** A loader that says when it has begun, and ends when it is told: the first run only, later ones answer `later` at once. */
export function held<T>(first: T, later: T = first) {
  const [began, end] = [gate(), gate<T>()]
  let runs = 0
  return {
    load: (): T | Promise<T> => {
      if (++runs > 1) return later
      began.resolve()
      return end.promise
    },
    began: began.promise,
    end: () => end.resolve(first),
    fail: end.reject,
    get runs() {
      return runs
    },
  }
}

/** A loader that must not run. */
export const never = (): never => {
  throw new Error('it was to be answered without a load')
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A store that counts what it is being asked, and whose answers can be held back. */
function watched(inner: Store) {
  let pending = 0
  const holding = new Map<string, { done: () => void; released: Promise<void> }>()
  const ask = async (verb: string, run: () => unknown): Promise<unknown> => {
    pending++
    try {
      const answer = await run()
      const held = holding.get(verb)
      if (held === undefined) return answer
      holding.delete(verb)
      held.done()
      pending--
      await held.released.finally(() => pending++)
      return answer
    } finally {
      pending--
    }
  }
  const store: Store = {
    name: inner.name,
    capabilities: inner.capabilities,
    open: () => ask('open', () => inner.open()) as Promise<void>,
    close: () => inner.close(),
    cache: (scope) =>
      new Proxy(inner.cache(scope), {
        get: (target, name) => {
          const verb = Reflect.get(target, name) as unknown
          return typeof verb === 'function'
            ? (...args: unknown[]) => ask(String(name), () => verb.apply(target, args))
            : verb
        },
      }),
  }
  const idle = async () => {
    for (let quiet = 0; quiet < 5; quiet = pending === 0 ? quiet + 1 : 0) await turn()
  }
  const holdNext = (verb: string) => {
    const [done, released] = [gate(), gate()]
    holding.set(verb, { done: done.resolve, released: released.promise })
    return { done: done.promise, release: () => released.resolve() }
  }
  return { store, idle, holdNext }
}

function world(path: string, memory: boolean): World & { close(): Promise<void> } {
  const clock = new FakeClock()
  const processes: Process[] = []
  let hand: Awaited<ReturnType<typeof otherHand>> | undefined
  const idle = async () => {
    for (const { idle } of processes) await idle()
  }
  const pass: World['pass'] = async (ms) => {
    for (let left = ms; left > 0; left -= 100) {
      await idle()
      await clock.advance(Math.min(left, 100))
    }
    await idle()
  }
  return {
    path,
    clock,
    pass,
    process(cache = {}, options = {}) {
      const { store, idle, holdNext } = watched(sqliteStore(path, { patience: 2_000 }))
      const users: CacheOptions = memory ? cache : { ...cache, memory: false }
      const caches = createCacheManager({ clock, store, caches: { users }, ...options })
      const refused: string[] = []
      caches.observe({ on: (e) => e.type === 'not-stored' && refused.push(e.why) })
      processes.push({ caches, users: caches.cache('users'), refused, idle, holdNext })
      return processes.at(-1)!
    },
    async until(work) {
      let settled = false
      const end = () => {
        settled = true
      }
      work.then(end, end)
      for (let steps = 0; !settled && steps < 2_000; steps++) {
        await idle()
        if (!settled) await clock.advance(25)
      }
      return work
    },
    async sql(statement, ...values) {
      hand ??= await otherHand(path)
      return hand.run(statement, ...values)
    },
    async close() {
      await idle()
      for (const { caches } of processes) {
        await caches.flush()
        assert.strictEqual(caches.configuredParts('users', 'test').flights.size, 0, 'loads and writes left over')
      }
      await hand?.close()
      for (const { caches } of processes) await caches.close()
      assert.strictEqual(clock.timers, 0, 'timers left over')
    },
  }
}

/** Runs a scenario with and without memory in front of the file. */
export function inWorlds(title: string, run: (world: World) => Promise<void>, memories = [true, false]): void {
  const files = temporaryFiles()
  for (const memory of memories) {
    const where = memory ? 'memory over SQLite' : 'SQLite without memory'
    it(`${title} (${where})`, async () => {
      const here = world(files.next(), memory)
      await run(here)
      await here.close()
    })
  }
}
