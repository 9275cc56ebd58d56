import type { Clock } from '../kernel/clock.js'
import type { Found } from '../store/store.js'

/** What a look shows of one key at once; a promise where its store has to look further, which the other keys do not wait for. */
export type Glance = Found | Promise<Found>

/** One moment by both clocks, ms. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.now() })

type Go<Answer> = (keys: readonly string[], resolve: (answer: Answer) => void, reject: Reject) => void
type Reject = (error: unknown) => void

/** A look into a store that all reads of one tick share: made in one call, so that none of them pays for one of its own. */
export class Look<Answer> {
  readonly #clock: Clock
  readonly #keys: string[] = []
  #answered: Moment | undefined
  /** Of the monotonic clock. */
  readonly begunAt: number
  /** What was seen, in the order of the places. */
  readonly answer: Promise<Answer>

  /** `go` is called once no key can be added any more. */
  constructor(clock: Clock, go: Go<Answer>) {
    this.#clock = clock
    this.begunAt = clock.monotonic()
    // After the microtasks: callers who came to this tick by different ways still go together.
    this.answer = new Promise((resolve, reject) => process.nextTick(go, this.#keys, resolve, reject))
  }

  /** One more key, in the step that asked for the look; its place in the answer. */
  add(key: string): number {
    return this.#keys.push(key) - 1
  }

  /** When its answer was first looked at: what it says is as of then for all. */
  get answered(): Moment {
    this.#answered ??= momentOf(this.#clock)
    return this.#answered
  }
}
