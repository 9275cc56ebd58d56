import { CacheManager } from '../manager/manager.js'
import type { ManagerOptions } from '../manager/options.js'
import { FakeClock } from './fake-clock.js'

/** A manager whose time is told by a clock that stands still until it is told to go. */
export class TestManager extends CacheManager {
  constructor(
    readonly clock: FakeClock,
    options: ManagerOptions,
  ) {
    super({ ...options, clock }, true)
  }

  /** Lets `ms` pass: what falls due meanwhile happens, in order. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }
}

/**
 * A manager for tests of cached services: in memory, on a `FakeClock`, with a cache for any name. `bind(service)` makes the decorated
 * methods of an instance use it; stores and options are given as to `createCacheManager`.
 */
export function createTestManager(options: Omit<ManagerOptions, 'clock'> & { clock?: FakeClock } = {}): TestManager {
  return new TestManager(options.clock ?? new FakeClock(), options)
}
