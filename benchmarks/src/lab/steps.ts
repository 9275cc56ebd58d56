import type { Dice } from './dice.js'

/** Ticks of the microtask queue without a point or an end after which a task is held to wait for something else. */
const most = 2_000

/** The end of the microtasks: what was put off until then, such as a look that several reads share, has its turn. */
const turn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/**
 * Runs tasks that stop at points, letting one of those that wait go on at a time. How many ticks of the microtask queue pass between
 * two is chosen as well, so that what was let go may meet others on its way to its next point. In some worlds one task is kept going
 * while the others are held up, as a priority would do (Burckhardt et al., "A randomized scheduler with probabilistic guarantees of
 * finding bugs", 2010). One seed gives one order.
 */
export class Steps {
  readonly #waiting: (() => void)[] = []
  #running = 0
  #failure: { readonly error: unknown } | undefined
  /** Counts up with every look at it: the time of histories. */
  #time = 0

  /** How often the one that came last goes on. */
  readonly #keen: number

  constructor(readonly dice: Dice) {
    this.#keen = dice.pick([0, 0.5, 0.8])
  }

  now(): number {
    return ++this.#time
  }

  /** A moment at which anything else may happen. */
  readonly point = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve))

  start(task: () => Promise<void>): void {
    this.#running++
    this.point()
      .then(task)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#running--)
  }

  /** Runs to the end of all tasks; throws what the first of them threw. */
  async run(): Promise<void> {
    let idle = 0
    while (this.#running > 0) {
      for (let ticks = 1 + this.dice.below(6); ticks > 0; ticks--) await (this.dice.chance(0.2) ? turn() : undefined)
      if (this.#failure !== undefined) throw this.#failure.error
      const { length } = this.#waiting
      if (length === 0) {
        if (++idle > most) throw new Error('a task waits for something that is no point')
        await turn()
        continue
      }
      idle = 0
      const at = this.dice.chance(this.#keen) ? length - 1 : this.dice.below(length)
      const go = this.#waiting[at]!
      this.#waiting[at] = this.#waiting[length - 1]!
      this.#waiting.pop()
      go()
    }
  }
}
