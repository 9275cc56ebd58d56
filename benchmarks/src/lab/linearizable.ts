import { keyvStore } from '@cachesmith/core'
import { Dice } from './dice.js'
import { History, length, type Recorded, type Subject, told } from './histories.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { type Demand, isPossible } from './linearize.js'
import type { Steps } from './steps.js'
import { oneProcess, twoProcesses } from './subjects.js'
import { tryAll } from './trials.js'

/** Somewhere that histories are recorded in, and what is asked of them at least. */
export interface World {
  readonly name: string
  readonly subjects: (steps: Steps) => readonly Subject[]
  readonly least: Demand
}

const worlds: readonly World[] = [
  { name: 'one process, memory', subjects: oneProcess, least: 'two steps' },
  { name: 'two processes, one Keyv', subjects: twoProcesses, least: 'joined' },
]

/** The lab of histories, over any worlds, in turn. */
export function linearizableLab(over: readonly World[]): Lab {
  return {
    name: 'linearizable',
    about: `G2: histories of ${length} operations on 5 keys are linearizable key by key (a write ends when its invalidation is acknowledged)`,
    trials: 20_000,
    run: (asked) => run(over, asked),
  }
}

export const linearizable: Lab = linearizableLab(worlds)

const demands: readonly Demand[] = ['atomic', 'two steps', 'joined']

async function run(over: readonly World[], asked: LabAsked): Promise<LabFound> {
  // What a plain Keyv needs is read from disk when the first one is opened: no step of a trial would wait for that.
  await keyvStore(new Map()).open()
  const counts = over.map(() => ({ histories: 0, atomic: 0, 'two steps': 0, joined: 0 }))

  async function trial(seed: number): Promise<string | undefined> {
    const at = seed % over.length
    const world = over[at]!
    const recorded = await new History(new Dice(seed), world.subjects).record()
    const count = counts[at]!
    count.histories++
    const byKey = grouped(recorded)
    let most = 0
    for (const [key, operations] of byKey) {
      const met = demands.findIndex((demand) => isPossible(operations, 0, demand))
      if (met < 0 || met > demands.indexOf(world.least))
        return `${world.name}: the history of '${key}' is impossible\n${told(operations)}`
      most = Math.max(most, met)
    }
    count[demands[most]!]++
    return undefined
  }

  const { trials, violations, first } = await tryAll(asked, trial)
  const rows = over.map(({ name }, i) => {
    const { histories, atomic, 'two steps': twoSteps, joined } = counts[i]!
    return {
      world: name,
      histories,
      atomic,
      'a write seen before its end': twoSteps,
      'a load joined elsewhere': joined,
    }
  })
  return { trials, violations, figures: { G2: violations }, first, rows }
}

function grouped(recorded: readonly Recorded[]): Map<string, Recorded[]> {
  const byKey = new Map<string, Recorded[]>()
  for (const operation of recorded) {
    const list = byKey.get(operation.key)
    if (list === undefined) byKey.set(operation.key, [operation])
    else list.push(operation)
  }
  return byKey
}
