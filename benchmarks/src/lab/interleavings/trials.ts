import { keyvStore } from '@cachesmith/core'
import { Acknowledged } from './acknowledged.js'
import { Actor } from './actor.js'
import { SharedAdapter } from './adapter.js'
import { undecorated } from './cached.js'
import { Database, keys } from './database.js'
import { Engine } from './engine.js'
import { LabClock } from './lab-clock.js'
import { Schedule } from './schedule.js'
import { isViolation, type Make, type Tally, World, type WorldName } from './world.js'

/** One trial that was run: in which world, what it counted, and how it failed, if it did. */
export interface Trial {
  readonly seed: number
  readonly world: WorldName
  readonly tally: Tally
  readonly violation: string | undefined
}

/** The seed of a run's nth trial; that of its first is the run's own, so that any trial can be run alone. */
export const seedOf = (seed: number, trial: number): number => (seed + Math.imul(trial, 0x9e3779b1)) >>> 0

/** Runs the trial of a seed. */
export async function runTrial(seed: number, make: Make): Promise<Trial> {
  const world = new World(seed, make)
  let violation: string | undefined
  try {
    await world.run()
  } catch (error) {
    if (!isViolation(error)) throw error
    violation = error.message
  }
  return { seed, world: world.name, tally: world.tally(), violation }
}

/** The steps of a trial that failed; it is run once more for them, and must fail as before. */
export async function stepsOf(trial: Trial, make: Make): Promise<string> {
  const trace: string[] = []
  const again = await runTrial(trial.seed, { ...make, trace })
  const same = again.violation === trial.violation
  return [
    ...trace,
    `  => ${again.violation ?? 'no violation'}`,
    ...(same ? [] : ['  (not as at first: the schedule is not determined by its seed)']),
  ].join('\n')
}

/** What a store holds once both rows were loaded: most trials start there, as most processes do. */
export async function usedStore(): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>()
  const schedule = new Schedule(0)
  schedule.straight = true
  const adapter = new SharedAdapter(kept, schedule, '', { fails: 0, loses: 0 }, false)
  const store = keyvStore(adapter.asKeyv, { name: 'lab' })
  const setup = { store, memory: true, staleFor: undefined, loadTimeout: undefined, budget: 200 }
  const stage = { schedule, database: new Database(schedule, 0), acknowledged: new Acknowledged(1, () => 0) }
  const engine = new Engine(new LabClock(), (key) => stage.database.query('', key), setup)
  const actor = new Actor('', 0, engine, stage, undecorated, true)
  for (const key of keys) await actor.find(key)
  return kept
}
