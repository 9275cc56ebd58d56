import { collectAll } from '../micro/collect.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { inFolder } from './writes/folder.js'
import { loadOn, steadily } from './writes/load.js'

const perSecond = 2_000
const maxPending = 10_000
/** Beyond what `maxPending` writes take, bytes: what the process needs for everything else meanwhile. */
const mostGrowth = 40 * 2 ** 20

/** W10: the sink is out for so many seconds while operations keep coming. */
export const sinkOutage: Lab = {
  name: 'sink-outage',
  about: `W10: the sink is out for <trials> seconds at ${perSecond} operations/s: memory bounded, few calls, all drained after`,
  trials: 10,
  run: (asked) => inFolder((path) => run(asked, path('writes.db'))),
}

async function run({ trials, seconds: length = trials, progress }: LabAsked, log: string): Promise<LabFound> {
  const arrived = new Set<number>()
  const acknowledged = new Set<number>()
  let [out, calls, refused, mostPending] = [true, 0, 0, 0]
  const sink = async (numbers: readonly number[]) => {
    calls++
    if (out) throw new Error('out')
    for (const number of numbers) arrived.add(number)
  }
  const { caches, add, behind } = loadOn(log, sink, {
    maxPending,
    whenFull: 'reject',
    flushEvery: '50ms',
    maxBatch: 500,
  })
  await caches.ready()
  const before = heap()
  const started = performance.now()
  let asked = 0
  await steadily(perSecond, started + length * 1_000, Infinity, (number) => {
    asked++
    add(`k${number % 5_000}`, number).then(
      () => acknowledged.add(number),
      () => refused++,
    )
    mostPending = Math.max(mostPending, behind.pending())
    if (number % perSecond === 0) progress(number / perSecond, 0)
  })
  const growth = heap() - before
  const callsWhileOut = calls
  out = false
  const back = performance.now()
  await caches.flush()
  const drainedIn = performance.now() - back
  const { left } = await caches.close({ deadline: '30s' })
  const lost = [...acknowledged].filter((number) => !arrived.has(number)).length
  const overfull = Math.max(0, mostPending - maxPending)
  // Four batches of 500 are halved nine times before writes fail on their own; then come pauses that double to 30 s.
  const storm = Math.max(0, callsWhileOut - 60 - length)
  const swollen = growth > mostGrowth ? 1 : 0
  const wrong = { lost, left, overfull, storm, swollen }
  const violations = Object.values(wrong).reduce((sum, n) => sum + n, 0)
  return {
    trials: length,
    violations,
    figures: { W10: violations },
    rows: [
      {
        asked,
        acknowledged: acknowledged.size,
        refused,
        'most pending': mostPending,
        'heap MB': Number((growth / 2 ** 20).toFixed(1)),
        'calls while out': callsWhileOut,
        'drained in ms': Math.round(drainedIn),
        lost,
      },
    ],
    ...(violations > 0 && { first: JSON.stringify(wrong) }),
  }
}

function heap(): number {
  collectAll()
  return process.memoryUsage().heapUsed
}
