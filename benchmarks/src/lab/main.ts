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

function chosen(name: string, { world, variant }: LabCommand): Lab {
  const lab = labs.find((each) => each.name === name)
  if (lab === interleavings) return interleavingsWith({ world, variant })
  if (lab !== undefined) return lab
  const names = labs.map((each) => each.name)
  throw new UsageError(
    `There is no lab '${name}'; did you mean '${nearest(name, names)}'? There are: ${names.join(', ')}.`,
  )
}

async function run(lab: Lab, { seed, trials: asked, seconds: limit, json }: LabCommand): Promise<void> {
  const started = performance.now()
  const trials = asked ?? lab.trials
  const found = await lab.run({ seed, trials, seconds: limit, progress: progressOf(lab.name, trials) })
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  const ok = found.violations === 0
  print(found, seed, seconds)
  const { name } = lab
  if (json) console.log(JSON.stringify({ name, ok, seed, trials: found.trials, seconds, figures: found.figures }))
  if (!ok) process.exitCode = 1
}

function print({ trials, violations, first, rows = [] }: LabFound, seed: number, seconds: number): void {
  if (process.stderr.isTTY) process.stderr.write('\n')
  const tables = [rows, [{ trials, violations, seed, seconds }]].filter((table) => table.length > 0)
  console.log(tables.map(tableOf).join('\n\n'))
  if (first !== undefined) console.log(`\nThe first violation:\n${first}`)
}
