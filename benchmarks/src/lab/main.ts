import { nearest, UsageError } from '../options.js'
import { tableOf } from '../report.js'
import { codec } from './codec.js'
import { fleet } from './fleet.js'
import { hostileBytes } from './hostile-bytes.js'
import { interleavings, interleavingsWith } from './interleavings.js'
import { keys } from './keys.js'
import type { Lab, LabFound } from './lab.js'
import { linearizable } from './linearizable.js'
import { type LabCommand, parse, usage } from './options.js'
import { outage } from './outage.js'
import { progressOf } from './progress.js'
import { scripts } from './scripts.js'
import { stampede } from './stampede.js'
import { writeLabs } from './write-labs.js'
import { zombieWrites } from './zombie-writes.js'

const labs: readonly Lab[] = [
  interleavings,
  linearizable,
  keys,
  codec,
  hostileBytes,
  ...writeLabs,
  scripts,
  fleet,
  outage,
  stampede,
  zombieWrites,
]

try {
  const asked = parse(process.argv.slice(2))
  if (asked.name === undefined) list()
  else await run(chosen(asked.name, asked), asked)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

function list(): void {
  console.log(`${usage}\n\n${tableOf(labs.map(({ name, about, trials }) => ({ name, about, trials })))}`)
}

function chosen(name: string, { world, variant, lease, long }: LabCommand): Lab {
  const lab = labs.find((each) => each.name === name)
  if (lab !== undefined && lease !== undefined) takes(lab, '--lease', (each) => each.leases === true)
  if (lab !== undefined && long) takes(lab, '--long', (each) => each.long !== undefined)
  if (lab === interleavings) return interleavingsWith({ world, variant })
  if (lab !== undefined) return lab
  const names = labs.map((each) => each.name)
  throw new UsageError(
    `There is no lab '${name}'; did you mean '${nearest(name, names)}'? There are: ${names.join(', ')}.`,
  )
}

/** Refuses an option that this lab does not have. */
function takes(lab: Lab, option: string, has: (lab: Lab) => boolean): void {
  if (has(lab)) return
  const those = labs.filter(has).map((each) => each.name)
  throw new UsageError(`${option} is an option of ${those.join(' and ')}. Write:\n${usage}`)
}

function extent({ lasts, trials, long }: Lab, asked: LabCommand): { trials: number; seconds: number | undefined } {
  if (asked.long && long !== undefined)
    return { trials: asked.trials ?? long.trials, seconds: asked.seconds ?? long.seconds }
  const usual = lasts && asked.seconds !== undefined ? Infinity : trials
  return { trials: asked.trials ?? usual, seconds: asked.seconds }
}

async function run(lab: Lab, asked: LabCommand): Promise<void> {
  const { seed, json, lease, long } = asked
  const { trials, seconds: limit } = extent(lab, asked)
  const started = performance.now()
  const found = await lab.run({ seed, trials, seconds: limit, lease, long, progress: progressOf(lab.name, trials) })
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  const ok = found.violations === 0
  print(found, seed, seconds)
  const { name } = lab
  if (json) console.log(JSON.stringify({ name, ok, seed, trials: found.trials, seconds, figures: found.figures }))
  if (!ok) process.exitCode = 1
}

function print(
  { trials, violations, first, figures, bounds = {}, rows = [] }: LabFound,
  seed: number,
  seconds: number,
): void {
  if (process.stderr.isTTY) process.stderr.write('\n')
  const held = Object.entries(bounds).map(([figure, most]) => {
    const is = figures[figure] ?? 0
    return { figure, is, 'at most': most, '': is <= most ? 'kept' : 'BROKEN' }
  })
  const tables = [rows, held, [{ trials, violations, seed, seconds }]].filter((table) => table.length > 0)
  console.log(tables.map(tableOf).join('\n\n'))
  if (first !== undefined) console.log(`\nThe first violation:\n${first}`)
}
