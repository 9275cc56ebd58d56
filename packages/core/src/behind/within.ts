import type { Clock } from '../kernel/clock.js'

/** Waits for work, and for at most so many ms. */
export function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    void work.then(() => timer.stop()).then(resolve)
  })
}
