import { numberOf } from './control.js'

const mostLinks = 1_000
const mostPassed = 1_000

/**
 * How far one process has heard of a cache: the position up to which every deed is known to it. Each deed links two
 * positions, and none is skipped; a deed whose predecessor was not heard waits here for it. The empty text is the
 * position of a cache without a control, and undefined that of one who knows nothing.
 */
export class Chain {
  #at: string | undefined
  /** The position that was taken from the store and not heard: what leads up to it comes late. */
  #taken = { inc: '', n: -1 }
  readonly #links = new Map<string, string>()
  /** Positions that were left behind, and at which step. */
  readonly #passed = new Map<string, number>()
  #step = 0
  readonly #waiting = new Set<() => void>()

  get at(): string | undefined {
    return this.#at
  }

  /** Counts the positions passed: who asks the store at a step may be answered with any position since. */
  get step(): number {
    return this.#step
  }

  /** A deed was heard of; false when something before it was not. */
  link(before: string, after: string): boolean {
    if (this.#at !== before || this.#at === undefined) {
      if (this.#isPast(after)) return true
      this.#links.set(before, after)
      trim(this.#links, mostLinks)
      return false
    }
    this.#move(after)
    this.#follow()
    return true
  }

  /** Takes a position for heard, because nothing from before it is kept. */
  take(position: string): void {
    this.#taken = numberOf(position)
    this.#move(position)
    this.#follow()
  }

  lose(): void {
    this.#at = undefined
  }

  /**
   * Whether all that led to this position has been heard, or is within so many ms. The store was asked at `step`: a
   * position that was left before is one that the store has gone back to.
   */
  async reaches(position: string, step: number, ms: number): Promise<boolean> {
    if (this.#knows(position, step)) return true
    if (ms <= 0) await new Promise((resolve) => setImmediate(resolve))
    else await this.#within(position, step, ms)
    return this.#knows(position, step)
  }

  #within(position: string, step: number, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const look = () => {
        if (this.#knows(position, step)) end()
      }
      const timer = setTimeout(end, ms)
      this.#waiting.add(look)
    })
  }

  #knows(position: string, step: number): boolean {
    return this.#at !== undefined && (this.#at === position || (this.#passed.get(position) ?? -1) >= step)
  }

  #isPast(position: string): boolean {
    if (this.#at === undefined) return false
    if (this.#knows(position, 0)) return true
    const { inc, n } = numberOf(position)
    return inc === this.#taken.inc && n <= this.#taken.n
  }

  #follow(): void {
    for (;;) {
      const after = this.#links.get(this.#at as string)
      if (after === undefined) break
      this.#links.delete(this.#at as string)
      this.#move(after)
    }
    for (const look of [...this.#waiting]) look()
  }

  #move(position: string): void {
    if (this.#at !== undefined) {
      this.#passed.set(this.#at, this.#step++)
      trim(this.#passed, mostPassed)
    }
    this.#at = position
  }
}

/** Drops the oldest of what has grown too long. */
function trim(held: Map<string, unknown>, most: number): void {
  for (const oldest of held.keys()) {
    if (held.size <= most) return
    held.delete(oldest)
  }
}
