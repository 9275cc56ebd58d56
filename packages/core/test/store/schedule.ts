/** A seeded source of numbers (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How many ticks of the microtask queue what was let go is given to reach its next point. */
const ticks = 16

/** Lets one of everything that waits go on at a time, chosen by the seed: what runs between two points runs alone. */
export class Schedule {
  readonly #waiting: (() => void)[] = []
  #running = 0
  readonly #failures: unknown[] = []

  constructor(readonly random: () => number) {}

  chance(share: number): boolean {
    return this.random() < share
  }
  below(most: number): number {
    return Math.floor(this.random() * most)
  }

  /** A point at which anything else may happen. */
  point(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  start(task: () => Promise<void>): void {
    this.#running++
    this.point()
      .then(task)
      .catch((failure: unknown) => this.#failures.push(failure))
      .finally(() => this.#running--)
  }

  /** Runs to the end of all tasks; throws what the first of them threw. */
  async run(): Promise<void> {
    for (;;) {
      for (let tick = 0; tick < ticks; tick++) await undefined
      if (this.#waiting.length === 0 && this.#running > 0) await new Promise((resolve) => setImmediate(resolve))
      if (this.#failures.length > 0) throw this.#failures[0]
      if (this.#waiting.length === 0) {
        if (this.#running > 0) throw new Error('a task waits for something that is not a point')
        return
      }
      const at = this.below(this.#waiting.length)
      const [go] = this.#waiting.splice(at, 1)
      go?.()
    }
  }
}
