import type { Clock } from '../kernel/clock.js'

/** closed: calls go through · open: refused until a time · probing: one call is let through to see whether it is back. */
export type BreakerState = 'closed' | 'open' | 'probing'

/** Refuses calls to a store that keeps failing, so that its trouble costs nothing but misses (Nygard, "Release It!"). */
export class Breaker {
  state: BreakerState = 'closed'
  #failures = 0
  #pause: number
  #until = 0

  constructor(
    private readonly clock: Clock,
    readonly limit = 5,
    readonly shortest = 500,
    readonly longest = 5_000,
  ) {
    this.#pause = shortest
  }

  /** True when a call may be tried now. */
  allows(): boolean {
    if (this.state === 'closed') return true
    if (this.state === 'probing' || this.clock.monotonic() < this.#until) return false
    this.state = 'probing'
    return true
  }

  succeeded(): void {
    this.state = 'closed'
    this.#failures = 0
    this.#pause = this.shortest
  }

  failed(): void {
    this.#failures++
    if (this.state === 'closed' && this.#failures < this.limit) return
    if (this.state === 'probing') this.#pause = Math.min(this.#pause * 2, this.longest)
    this.state = 'open'
    this.#until = this.clock.monotonic() + this.#pause
  }
}
