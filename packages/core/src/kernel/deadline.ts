import type { Clock, Timer } from './clock.js'

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

/** One wait among those of a `Deadlines`. */
export interface Wait {
  readonly until: number
  readonly late: () => void
  over: boolean
  before: Wait | undefined
  after: Wait | undefined
}

/**
 * The same bound on many waits: they fall due in the order of their beginning, so one timer serves them all, and a wait that ends in
 * time makes none. As with `within`, what has arrived by the time that a blocked event loop goes on is heard first.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #ms: number
  #first: Wait | undefined
  #last: Wait | undefined
  #timer: Timer | undefined
  #isClosing = false

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** `late` is called unless `end` is, in time. */
  begin(late: () => void): Wait {
    const until = this.#clock.monotonic() + this.#ms
    const wait: Wait = { until, late, over: false, before: this.#last, after: undefined }
    if (this.#ms === Infinity) return wait
    if (this.#last === undefined) this.#first = wait
    else this.#last.after = wait
    this.#last = wait
    if (this.#timer === undefined) this.#arm(this.#ms)
    return wait
  }

  /** False: it is late already. */
  end(wait: Wait): boolean {
    if (wait.over) return false
    wait.over = true
    this.#remove(wait)
    if (this.#isClosing) this.#rest()
    return true
  }

  /** Few waits will come, if any: from now on no timer outlasts the wait that it is for. */
  close(): void {
    this.#isClosing = true
    this.#rest()
  }

  #rest(): void {
    if (this.#first !== undefined) return
    this.#timer?.stop()
    this.#timer = undefined
  }

  #remove(wait: Wait): void {
    if (wait.before !== undefined) wait.before.after = wait.after
    else if (this.#first === wait) this.#first = wait.after
    if (wait.after !== undefined) wait.after.before = wait.before
    else if (this.#last === wait) this.#last = wait.before
    wait.before = wait.after = undefined
  }

  #arm(ms: number): void {
    this.#timer = this.#clock.after(ms, () => this.#ring())
  }

  #ring(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    for (let wait = this.#first; wait !== undefined && wait.until <= now; wait = this.#first) {
      this.#remove(wait)
      setImmediate(expire, wait)
    }
    if (this.#first !== undefined) this.#arm(Math.max(1, this.#first.until - now))
  }
}

function expire(wait: Wait): void {
  if (wait.over) return
  wait.over = true
  wait.late()
}
