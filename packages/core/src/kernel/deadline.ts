import type { Clock } from './clock.js'

/** Waits for `work` at most `ms`, then rejects with what `late` makes; the work itself goes on, its outcome unheard. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  if (ms === Infinity) return work
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()))
    work.then(
      (value) => {
        timer.stop()
        resolve(value)
      },
      (error) => {
        timer.stop()
        reject(error)
      },
    )
  })
}
