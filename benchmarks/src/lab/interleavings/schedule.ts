import { seeded } from '../../random.js'

/** Something that has stopped at a point, and goes on when it is chosen. */
interface Stopped {
  readonly who: string
  readonly what: string
  readonly go: () => void
}

/** A trial that nothing can move any more, though somebody still waits. */
export class StuckError extends Error {}

const straightOn = Promise.resolve()

/** Lets one of everything that has stopped go on at a time, chosen by the seed: what runs between two points runs alone. */
export class Schedule {
  /** True: nothing stops at points. */
  straight = false
  readonly #random: () => number
  readonly #stopped: Stopped[] = []
  #running = 0
  #steps = 0
  #failure: { readonly error: unknown } | undefined

  /** `trace` gets each step in words. */
  constructor(
    seed: number,
    readonly trace?: string[],
  ) {
    this.#random = seeded(seed)
  }

  below(most: number): number {
    return Math.floor(this.#random() * most)
  }
  chance(share: number): boolean {
    return share > 0 && this.#random() < share
  }
  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!
  }

  /** A point at which anything else may happen; `what` is what `who` does when it goes on. */
  point(who: string, what: string): Promise<void> {
    if (this.straight) return straightOn
    return new Promise((go) => this.#stopped.push({ who, what, go }))
  }

  /** Starts a task whose failure ends the run. */
  start(who: string, task: () => Promise<unknown>): void {
    this.#running++
    this.point(who, 'starts')
      .then(task)
      .then(
        () => this.#running--,
        (error: unknown) => (this.#failure ??= { error }),
      )
  }

  /** Writes down what is no step of its own. */
  note(who: string, what: string): void {
    this.trace?.push(`     ${who}: ${what}`)
  }

  /** Runs to the end of all tasks. `idle` moves the time to what else is waited for, or answers that there is nothing. */
  async run(idle: () => boolean): Promise<void> {
    for (;;) {
      await drained()
      if (this.#failure !== undefined) throw this.#failure.error
      const { length } = this.#stopped
      if (length > 0) this.#go(this.below(length))
      else if (this.#running === 0) return
      else if (!idle()) throw new StuckError('somebody waits for ever')
      if (++this.#steps > 20_000) throw new StuckError('no end in 20,000 steps')
    }
  }

  #go(at: number): void {
    const { who, what, go } = this.#stopped[at]!
    const last = this.#stopped.pop()!
    if (at < this.#stopped.length) this.#stopped[at] = last
    this.trace?.push(`${String(this.#steps).padStart(4)} ${who}: ${what}`)
    go()
  }
}

/** Resolves when all promises that wait for no point have settled: a tick of Node's own comes after the whole microtask queue. */
function drained(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
