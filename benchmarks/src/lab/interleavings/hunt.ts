import { setImmediate } from 'node:timers/promises'
import type { LabAsked, LabFound } from '../lab.js'
import { Totals } from './totals.js'
import { runTrial, seedOf, stepsOf, usedStore } from './trials.js'
import type { Variant } from './variants.js'
import type { Make, WorldName } from './world.js'

/** What a run of trials is to be. */
export interface Hunt {
  readonly world: WorldName | undefined
  readonly variant: Variant | undefined
  /** Ends at the first violation. */
  readonly once: boolean
}

/** What a run found: its counts, and the steps of its first violation. */
export interface Hunted {
  readonly totals: Totals
  readonly steps: string | undefined
}

/** Runs trials, one after the other, with what is planted; it is taken out again at the end. */
export async function hunt({ world, variant, once }: Hunt, asked: LabAsked): Promise<Hunted> {
  const make: Make = { world: world ?? variant?.world, naive: variant?.name === 'naive', used: await usedStore() }
  const totals = new Totals()
  const undo = variant?.plant?.()
  const end = performance.now() + (asked.seconds ?? Number.POSITIVE_INFINITY) * 1_000
  try {
    for (let trial = 0; trial < asked.trials && !(once && totals.first !== undefined); trial++) {
      totals.add(await runTrial(seedOf(asked.seed, trial), make))
      if (trial % 64 !== 63) continue
      await setImmediate()
      asked.progress(trial + 1, totals.violations)
      if (performance.now() >= end) break
    }
    return { totals, steps: totals.first && (await stepsOf(totals.first, make)) }
  } finally {
    undo?.()
  }
}

/** Most trials for one that need not be caught. */
const fewTrials = 5_000

/** Hunts each variant until it is caught. */
export async function huntEach(variants: readonly Variant[], asked: LabAsked): Promise<LabFound> {
  const rows: Readonly<Record<string, string | number>>[] = []
  const missed: string[] = []
  let trials = 0
  for (const variant of variants) {
    const most = variant.mustBeCaught ? asked.trials : Math.min(asked.trials, fewTrials)
    const progress = (done: number) => asked.progress(done, missed.length)
    const { totals } = await hunt({ world: undefined, variant, once: true }, { ...asked, trials: most, progress })
    const { first } = totals
    trials += totals.trials
    if (first === undefined && variant.mustBeCaught) missed.push(variant.name)
    const caught = first === undefined ? (variant.mustBeCaught ? 'NOT CAUGHT' : 'not caught, as may be') : 'caught'
    const { name, world } = variant
    rows.push({ variant: name, world, caught, trials: totals.trials, seed: first?.seed ?? '-' })
  }
  const found = { trials, violations: missed.length, figures: { 'variants not caught': missed.length }, rows }
  return missed.length === 0 ? found : { ...found, first: `These were not caught: ${missed.join(', ')}.` }
}
