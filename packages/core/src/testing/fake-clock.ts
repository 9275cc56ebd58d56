import type { Clock, Timer } from '../kernel/clock.js'

interface Due {
  readonly at: number
  readonly run: () => void
}

/** A clock that stands still until it is told to go: `advance` runs what falls due, in order. */
export class FakeClock implements Clock {
  #wall: number
  #mono = 0
  readonly #due = new Set<Due>()

  constructor(wall = Date.UTC(2030, 0, 1)) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#mono
  }

  after(ms: number, run: () => void): Timer {
    const due: Due = { at: this.#mono + Math.max(0, ms), run }
    this.#due.add(due)
    return { stop: () => void this.#due.delete(due) }
  }

  /** Timers that have not run and were not stopped. */
  get timers(): number {
    return this.#due.size
  }

  /** Lets `ms` pass. Timers run at their own time, the earliest first; promises settle before each and at the end. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms
    await settled()
    for (let next = this.#first(end); next; next = this.#first(end)) {
      this.#due.delete(next)
      this.#goTo(next.at)
      next.run()
      await settled()
    }
    this.#goTo(end)
  }

  /** Moves the wall clock alone, as an operator or NTP does. */
  jumpWall(ms: number): void {
    this.#wall += ms
  }

  #goTo(mono: number): void {
    if (mono <= this.#mono) return
    this.#wall += mono - this.#mono
    this.#mono = mono
  }

  #first(end: number): Due | undefined {
    let first: Due | undefined
    for (const due of this.#due) if (due.at <= end && (!first || due.at < first.at)) first = due
    return first
  }
}

/** Resolves when promises that wait for no timer have had their turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}
