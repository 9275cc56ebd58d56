import { AsyncLocalStorage } from 'node:async_hooks'
import type { Bench } from './bench.js'
import { compare } from './compare/compare.js'
import { guardOver } from './guard/guard.js'
import { heap } from './heap.js'
import { hit } from './hit.js'
import { importing } from './import.js'
import { many } from './many.js'
import { miss } from './miss.js'
import { object } from './object.js'
import { type Asked, nearest, parse, UsageError, usage } from './options.js'
import { load } from './load/load.js'
import { report } from './page/report.js'
import { policy } from './policy/policy.js'
import { redis } from './redis.js'
import { progressOf, tableOf } from './report.js'
import { tag } from './tag.js'
import { tiers } from './tiers.js'
import { writeBehind } from './write-behind.js'

const measuring: readonly Bench[] = [
  hit,
  object,
  miss,
  tiers,
  many,
  redis,
  tag,
  policy,
  heap,
  importing,
  writeBehind,
  compare,
  load,
]
const benches = [...measuring, report, guardOver(measuring)]

try {
  const asked = parse(process.argv.slice(2))
  if (asked.name === undefined) list()
  else await run(chosen(asked.name), asked)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

function list(): void {
  console.log(`${usage}\n\n${tableOf(benches.map(({ name, about }) => ({ name, about })))}`)
}

function chosen(name: string): Bench {
  const bench = benches.find((each) => each.name === name)
  if (bench !== undefined) return bench
  const names = benches.map((each) => each.name)
  throw new UsageError(
    `There is no bench '${name}'; did you mean '${nearest(name, names)}'? There are: ${names.join(', ')}.`,
  )
}

async function run(bench: Bench, { seed, rounds = bench.rounds, quick, record, json, als }: Asked): Promise<void> {
  if (als) new AsyncLocalStorage<object>().run({}, () => {})
  const started = performance.now()
  const { ok, trials, figures, rows, verdict } = await bench.run({
    seed,
    rounds,
    quick,
    record,
    progress: progressOf(bench.name),
  })
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  console.log(
    `${tableOf(rows)}\n\n${ok ? 'Kept' : 'Missed'}: ${verdict} Medians of ${rounds} rounds, seed ${seed}, ${seconds} s in all.`,
  )
  if (json) console.log(JSON.stringify({ name: bench.name, ok, seed, trials, seconds, figures }))
  if (!ok) process.exitCode = 1
}
