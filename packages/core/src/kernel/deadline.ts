import type { Clock } from './clock.js'

/**
 * Waits for `work` at most `ms`, then rejects with what `late` makes; the work itself goes on, its outcome unheard. Where the event
 * loop was blocked meanwhile, what has arrived by then is heard first.
 */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  if (ms === Infinity) return work
  return new Promise((resolve, reject) => {
    let over = false
    const timer = clock.after(ms, () => setImmediate(() => over || reject(late())))
    work.then(
      (value) => {
        over = true
        timer.stop()
        resolve(value)
      },
      (error) => {
        over = true
        timer.stop()
        reject(error)
      },
    )
  })
}
