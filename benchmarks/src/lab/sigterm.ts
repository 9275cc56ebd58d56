import { sqliteWriteLog } from '@cachesmith/sqlite'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { start } from './writes/child.js'
import { inFolder } from './writes/folder.js'

const count = 10_000
/** Beyond its deadline: the log is closed, and the process ends. */
const grace = 2_000
/** A sink that is quick enough, and one that is not: 100 batches, four at once, of 300 ms each take 7.5 s. */
const scenes = [
  { sink: 'quick', sinkMs: 0, deadline: 10_000 },
  { sink: 'slow', sinkMs: 300, deadline: 1_000 },
] as const

/** W14: a process is told to end while operations are pending. */
export const sigterm: Lab = {
  name: 'sigterm',
  about: `W14: SIGTERM with ${count} pending: it exits within its deadline with 143, all are in the sink or in the log`,
  trials: 4,
  run: (asked) => inFolder((path) => run(asked, path)),
}

async function run({ trials, progress }: LabAsked, path: (name: string) => string): Promise<LabFound> {
  const rows = []
  let violations = 0
  let first: string | undefined
  for (let trial = 0; trial < trials; trial++) {
    const scene = scenes[trial % scenes.length]!
    const row = await one(path(`writes-${trial}.db`), scene)
    const late = row['exited in ms'] > scene.deadline + grace ? 1 : 0
    const wrong = row.lost + late + (row.exit === 143 ? 0 : 1) + (scene.sink === 'quick' ? row['left in the log'] : 0)
    violations += wrong
    if (wrong > 0) first ??= JSON.stringify(row)
    rows.push(row)
    progress(trial + 1, violations)
  }
  return { trials, violations, figures: { W14: violations }, rows, ...(first !== undefined && { first }) }
}

async function one(log: string, { sink, sinkMs, deadline }: (typeof scenes)[number]) {
  const child = start('leaver', [log, count, sinkMs, deadline])
  await child.saw((line) => line === 'ready')
  const began = performance.now()
  child.process.kill('SIGTERM')
  const exit = await child.ended
  const took = Math.round(performance.now() - began)
  const sunk = new Set(child.lines.flatMap((line) => (line.startsWith('sunk ') ? Number(line.slice(5)) : [])))
  const left = await leftIn(log)
  const lost = Array.from({ length: count }, (_, at) => at + 1).filter(
    (number) => !sunk.has(number) && !left.has(number),
  )
  return {
    sink,
    pending: count,
    'deadline ms': deadline,
    'exited in ms': took,
    exit,
    'in the sink': sunk.size,
    'left in the log': left.size,
    lost: lost.length,
  }
}

async function leftIn(path: string): Promise<Set<number>> {
  const log = sqliteWriteLog(path)
  await log.open()
  const writes = await log.pending()
  await log.close()
  return new Set(writes.map(({ key }) => Number(/(\d+)'?$/.exec(key)?.[1])))
}
