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

/** How a wait ended: in time · past its time, in the queue behind others that were answered · too late. */
export type Ended = 'in time' | 'behind' | 'late'

/** One wait among those of a `Deadlines`. */
export interface Wait {
  /** Its place in the order of beginning. */
  readonly place: number
  readonly until: number
  readonly late: () => void
  over: boolean
  before: Wait | undefined
  after: Wait | undefined
}

/** A timer later than this was held up by this process, ms: nothing that arrived meanwhile could be heard. */
const held = 5
/** How many times the bound one may wait in a queue. */
const mostQueued = 5

/**
 * The same bound on many waits: they fall due in the order of their beginning, so one timer serves them all, and a wait that ends in
 * time makes none. The bound is on silence, so that a burst that queues is no outage:
 * - Who waits behind others has it from the last answer to one of them, but at most five times it; who was overtaken is in no queue.
 * - Where the event loop was blocked, what has arrived by then is heard first, as with `within`; and nobody is late before it has
 *   listened for as long as it was blocked, or for a quarter of the bound: what was asked for meanwhile has only now gone out.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #ms: number
  #first: Wait | undefined
  #last: Wait | undefined
  #timer: Timer | undefined
  /** When the timer should ring, and how much it was put off in this silence. */
  #ringsAt = 0
  #putOff = 0
  /** Since when this process was blocked, and until when it listens to what has arrived meanwhile. */
  #heldSince = Infinity
  #listensUntil = -Infinity
  #places = 0
  /** Of the wait that was answered last, and when. */
  #lastPlace = -1
  #lastAt = -Infinity
  #isClosing = false

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** `late` is called unless `end` is, in time. */
  begin(late: () => void): Wait {
    const until = this.#clock.monotonic() + this.#ms
    const wait: Wait = { place: this.#places++, until, late, over: false, before: this.#last, after: undefined }
    if (this.#ms === Infinity) return wait
    if (this.#last === undefined) this.#first = wait
    else this.#last.after = wait
    this.#last = wait
    if (this.#timer === undefined) this.#arm(until - this.#ms, this.#ms)
    return wait
  }

  end(wait: Wait): Ended {
    if (wait.over) return 'late'
    wait.over = true
    this.#remove(wait)
    if (this.#isClosing) this.#rest()
    this.#putOff = 0
    this.#lastPlace = wait.place
    const now = (this.#lastAt = this.#clock.monotonic())
    return now > wait.until && wait.until < this.#blockedSince(now) ? 'behind' : 'in time'
  }

  /** Who fell due while this process was blocked, and is answered as soon as it listens, was answered in time. */
  #blockedSince(now: number): number {
    if (this.#timer !== undefined && now - this.#ringsAt > held) return this.#ringsAt
    return now <= this.#listensUntil ? this.#heldSince : Infinity
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

  #arm(now: number, ms: number): void {
    this.#ringsAt = now + ms
    this.#timer = this.#clock.after(ms, () => this.#ring())
  }

  #ring(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    const blocked = now - this.#ringsAt
    if (blocked > held && this.#isDue(now) && this.#putOff < this.#ms / 4) {
      const more = Math.min(blocked, this.#ms / 4 - this.#putOff)
      if (this.#putOff === 0) this.#heldSince = this.#ringsAt
      this.#putOff += more
      this.#listensUntil = now + more
      return this.#arm(now, more)
    }
    this.#putOff = 0
    while (this.#isDue(now)) {
      const wait = this.#first!
      this.#remove(wait)
      setImmediate(expire, wait)
    }
    if (this.#first !== undefined) this.#arm(now, Math.max(1, this.#dueAt(this.#first) - now))
  }

  #isDue(now: number): boolean {
    return this.#first !== undefined && this.#dueAt(this.#first) <= now
  }

  #dueAt({ place, until }: Wait): number {
    if (place < this.#lastPlace) return until
    return Math.min(Math.max(until, this.#lastAt + this.#ms), until + (mostQueued - 1) * this.#ms)
  }
}

function expire(wait: Wait): void {
  if (wait.over) return
  wait.over = true
  wait.late()
}
