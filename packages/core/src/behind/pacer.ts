import type { Clock, Timer } from '../kernel/clock.js'

/** The rate limit of calls: evenly spaced, no bursts. */
export class Pacer {
  #nextAt = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  constructor(
    private readonly clock: Clock,
    private readonly rate: number | undefined,
    private readonly wake: () => void,
  ) {}

  /** Whether a call must wait; if so it will be woken. */
  mustWait(now: number): boolean {
    if (this.rate === undefined || now >= this.#nextAt) return false
    this.#timer ??= this.clock.after(this.#nextAt - now, () => {
      this.#timer = undefined
      this.wake()
    })
    return true
  }

  /** Notes a call. */
  called(now: number): void {
    if (this.rate !== undefined) this.#nextAt = Math.max(now, this.#nextAt) + 1000 / this.rate
  }

  stop(): void {
    this.#timer?.stop()
  }
}
