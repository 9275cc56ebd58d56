import type { Clock, Timer } from '../kernel/clock.js'

/** Asks a store for a sign of life; false when there is none. Never rejects. */
export type Probe = () => Promise<boolean>

/**
 * Refuses calls to a store that keeps failing, so that its trouble costs nothing but misses (Nygard, "Release It!"). While it is
 * open, the store is asked behind whether it is back: no caller ever waits to find out.
 */
export class Breaker {
  /** True while calls are refused. */
  open = false
  #failures = 0
  #timer: Timer | undefined
  #ended = false

  constructor(
    private readonly clock: Clock,
    readonly limit = 5,
    /** First and longest pause between two probes, ms; up to half as much again at random. */
    readonly shortest = 100,
    readonly longest = 500,
    private readonly random: () => number = Math.random,
  ) {}

  succeeded(): void {
    this.#failures = 0
    this.open = false
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** A call failed; so many in a row open it. */
  failed(probe: Probe): void {
    if (++this.#failures >= this.limit) this.trip(probe)
  }

  /** Opens it at once: the store is out of reach, or silent for longer than anybody should wait. */
  trip(probe: Probe): void {
    if (this.open || this.#ended) return
    this.open = true
    this.#arm(this.shortest, probe)
  }

  /** Stops asking; nothing opens it any more. */
  end(): void {
    this.#ended = true
    this.#timer?.stop()
    this.#timer = undefined
  }

  #arm(pause: number, probe: Probe): void {
    const timer = this.clock.after(pause * (1 + this.random() / 2), () => {
      void probe().then((alive) => {
        if (timer !== this.#timer) return
        if (alive) this.succeeded()
        else this.#arm(Math.min(pause * 2, this.longest), probe)
      })
    })
    this.#timer = timer
  }
}
