import type { Trial } from './trials.js'
import { type Tally, worldNames } from './world.js'

type Sums = Tally & { trials: number; violations: number }

/** What the trials of each world counted: a lab without hits, refused fills and joined loads would prove nothing. */
export class Totals {
  readonly #worlds = new Map<string, Sums>()
  trials = 0
  violations = 0
  first: Trial | undefined

  add(trial: Trial): void {
    this.trials++
    const sums = this.#of(trial.world)
    sums.trials++
    for (const [name, count] of Object.entries(trial.tally)) sums[name as keyof Tally] += count
    if (trial.violation === undefined) return
    this.violations++
    sums.violations++
    this.first ??= trial
  }

  /** One row for each world that was there. */
  rows(): Readonly<Record<string, string | number>>[] {
    return worldNames
      .filter((world) => this.#worlds.has(world))
      .map((world) => {
        const { trials, violations, reads, hits, stale, loads, joined, refused, invalidations, puts, faults } =
          this.#of(world)
        const share = `${Math.round((trials / this.trials) * 100)} %`
        const counts = {
          reads,
          hits,
          'stale hits': stale,
          loads,
          joined,
          'refused fills': refused,
          invalidations,
          puts,
        }
        return { world, share, trials, ...counts, faults, violations }
      })
  }

  #of(world: string): Sums {
    let sums = this.#worlds.get(world)
    if (sums === undefined) this.#worlds.set(world, (sums = { ...zero }))
    return sums
  }
}

const zero: Sums = {
  trials: 0,
  violations: 0,
  reads: 0,
  hits: 0,
  stale: 0,
  misses: 0,
  loads: 0,
  joined: 0,
  refused: 0,
  invalidations: 0,
  puts: 0,
  faults: 0,
}
