import {
  type CacheEvent,
  type CacheManager,
  type CacheOptions,
  createCacheManager,
  type ManagerOptions,
} from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'

/** A promise that the test settles. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: unknown) => void } {
  let open!: (value: T) => void
  let fail!: (error: unknown) => void
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** A manager with a fake clock and a record of all events; any caches. */
export function bench(
  caches: Record<string, CacheOptions> = {},
  options: ManagerOptions = {},
): { caches: CacheManager; clock: FakeClock; events: CacheEvent[] } {
  const clock = new FakeClock()
  const manager = createCacheManager({ clock, caches, ...options })
  const events: CacheEvent[] = []
  manager.observe({ on: (event) => events.push(event) })
  return { caches: manager, clock, events }
}

/** The error that a call rejects with; fails when it does not. */
export async function rejection(work: () => unknown): Promise<Error & { code?: string }> {
  try {
    await work()
  } catch (error) {
    return error as Error
  }
  throw new Error('expected a rejection')
}
