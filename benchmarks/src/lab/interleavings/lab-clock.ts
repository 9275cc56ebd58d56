import type { Clock, Timer } from './core.js'

interface Due {
  readonly at: number
  readonly run: () => void
}

/** A clock that stands still until it is moved, and then runs what falls due at once: its steps are steps of a schedule. */
export class LabClock implements Clock {
  #time = 0
  readonly #due = new Set<Due>()

  now(): number {
    return epoch + this.#time
  }
  monotonic(): number {
    return this.#time
  }
  after(ms: number, run: () => void): Timer {
    const due = { at: this.#time + ms, run }
    this.#due.add(due)
    return { stop: () => void this.#due.delete(due) }
  }

  go(ms: number): void {
    const end = this.#time + ms
    for (let next = this.#first(); next !== undefined && next.at <= end; next = this.#first()) this.#run(next)
    this.#time = end
  }

  /** Moves to the next timer and runs it; false where there is none. */
  next(): boolean {
    const next = this.#first()
    if (next !== undefined) this.#run(next)
    return next !== undefined
  }

  #run(due: Due): void {
    this.#due.delete(due)
    this.#time = Math.max(this.#time, due.at)
    due.run()
  }

  #first(): Due | undefined {
    let first: Due | undefined
    for (const due of this.#due) if (first === undefined || due.at < first.at) first = due
    return first
  }
}

const epoch = Date.UTC(2030, 0, 1)
