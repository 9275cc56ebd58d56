import type { Clock } from '../kernel/clock.js'
import { WriteBehindError } from '../kernel/errors.js'

/** How one call of a sink ended. */
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly error: unknown }

/** One call of a sink on its time limit. Never rejects; an answer after the limit is ignored. */
export function callSink(clock: Clock, timeout: number, run: () => unknown): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = clock.after(timeout, () =>
      end({ kind: 'failed', error: new WriteBehindError(`the sink did not answer within ${timeout} ms`) }),
    )
    const end = (outcome: Outcome) => {
      timer.stop()
      resolve(outcome)
    }
    let answer: Promise<unknown>
    try {
      answer = Promise.resolve(run())
    } catch (error) {
      return end({ kind: 'failed', error })
    }
    answer.then(
      () => end({ kind: 'done' }),
      (error) => end({ kind: 'failed', error }),
    )
  })
}
