import { setImmediate as turn } from 'node:timers/promises'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { seeded } from '../random.js'
import { inFolder } from './writes/folder.js'
import { loadOn } from './writes/load.js'

const keys = 5_000
const callers = 1_000

/**
 * G8 without a fault: many operations on one SQLite log, each key's numbered in the order of its calls. Each must reach the sink once,
 * in order, and under an id of its own.
 */
export const calm: Lab = {
  name: 'calm',
  about: 'G8, W2: operations on one SQLite log with no fault at all: each reaches the sink once, in order per key',
  trials: 100_000,
  run: (asked) => inFolder((path) => run(asked, path('writes.db'))),
}

async function run({ trials, seed, progress }: LabAsked, log: string): Promise<LabFound> {
  const random = seeded(seed)
  const newest = new Map<number, number>()
  const seen = new Uint8Array(trials + 1)
  const keyOf = new Uint16Array(trials + 1)
  let [doubled, inverted, calls] = [0, 0, 0]
  const sink = async (numbers: readonly number[]): Promise<void> => {
    calls++
    for (const number of numbers) {
      if (seen[number]!++ > 0) doubled++
      const key = keyOf[number]!
      if ((newest.get(key) ?? 0) > number) inverted++
      newest.set(key, number)
    }
  }
  const { caches, add } = loadOn(log, sink, { flushEvery: '20ms', maxBatch: 500, maxPending: 200_000 })
  await caches.ready()
  let refused = 0
  for (let from = 1; from <= trials; from += callers) {
    const numbers = Array.from({ length: Math.min(callers, trials - from + 1) }, (_, at) => from + at)
    await Promise.all(
      numbers.map((number) => {
        const key = Math.floor(random() * keys)
        keyOf[number] = key
        return add(`k${key}`, number).catch(() => refused++)
      }),
    )
    progress(from, doubled + inverted)
    await turn()
  }
  await caches.flush()
  const { left } = await caches.close({ deadline: '30s' })
  const missing = seen.subarray(1).reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0) - refused
  const violations = doubled + inverted + missing + left
  return {
    trials,
    violations,
    figures: { G8: inverted, W2: doubled },
    rows: [{ acknowledged: trials - refused, 'calls of the sink': calls, doubled, inverted, missing, left }],
    ...(violations > 0 && { first: `seed ${seed}: ${doubled} doubled, ${inverted} inverted, ${missing} missing` }),
  }
}
