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
  /** How many calls were answered at all. */
  answers = 0
  #failures = 0
  /** Since when answers come past their time. */
  #behindSince: number | undefined
  /** What `answers` was when a late call last counted. */
  #lateAt = -1
  #timer: Timer | undefined
  #ended = false

  constructor(
    private readonly clock: Clock,
    readonly limit = 5,
    /** First and longest pause between two probes, ms; up to half as much again at random. */
    readonly shortest = 100,
    readonly longest = 500,
    private readonly random: () => number = Math.random,
    /** How long answers may come past their time, ms. */
    readonly patience = 1_000,
  ) {}

  succeeded(): void {
    this.answers++
    this.#failures = 0
    this.#behindSince = undefined
    this.open = false
    this.#timer?.stop()
    this.#timer = undefined
  }

  /**
   * A call was answered. Past its time, in the queue behind others, that is no success: a burst is let pass, but where for so long
   * nothing comes in time, the store cannot keep up, and waiting would only be added to each call.
   */
  answered(when: 'in time' | 'behind', probe: Probe): void {
    if (when === 'in time') return this.succeeded()
    this.answers++
    const now = this.clock.monotonic()
    this.#behindSince ??= now
    if (now - this.#behindSince >= this.patience) this.trip(probe)
  }

  /** A call failed; so many in a row open it. */
  failed(probe: Probe): void {
    if (++this.#failures >= this.limit) this.trip(probe)
  }

  /**
   * A call had no answer. If none came to another since it was made (`answers` as it was then), the store is silent, which opens it at
   * once. Else the store is there and slow: all calls that are late between two answers are one failure.
   */
  late(answers: number, probe: Probe): void {
    if (answers === this.answers) return this.trip(probe)
    if (this.#lateAt === this.answers) return
    this.#lateAt = this.answers
    this.failed(probe)
  }

  /** Opens it at once: the store is out of reach, or silent for longer than anybody should wait. */
  trip(probe: Probe): void {
    if (this.open || this.#ended) return
    this.open = true
    this.#behindSince = undefined
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
