import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryWriteLog } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import type { Bench, Row } from './bench.js'
import { BullAdds } from './bull-adds.js'
import { rawWrites } from './raw-writes.js'
import { inMemory, rowsAtSource, storm } from './write-storm.js'

/** Callers at once, and calls of each in a round: those of SQLite without group commit wait for an fsync each. */
const loads = [
  { callers: 1, ours: 200, raw: 200, bull: 200 },
  { callers: 64, ours: 100, raw: 4, bull: 30 },
  { callers: 1_000, ours: 50, raw: 1, bull: 2 },
] as const
const most = loads[2].callers
const [updates, keys] = [10_000, 100]
const goals = { perSecond: 100_000, delay: 10, micros: 0.5, rows: keys } as const

interface Found {
  readonly ours: number
  readonly delay: number
  readonly raw: number
  readonly bull: number
}

/** Acknowledgements per second and the delay of the event loop meanwhile; rows that reach the source. */
export const writeBehind: Bench = {
  name: 'write-behind',
  about: `P9, P10: acknowledged writes with 1, 64 and ${most} callers, against raw SQLite and BullMQ; rows at the source`,
  rounds: 5,
  async run({ rounds, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'cachesmith-bench-'))
    const path = (name: string) => join(folder, `${name}.db`)
    const bull = await BullAdds.start()
    try {
      const found = new Map<number, Found[]>(loads.map(({ callers }) => [callers, []]))
      const micros: { bare: number; log: number }[] = []
      for (let round = 0; round < rounds; round++) {
        for (const load of loads) {
          const name = `${load.callers}-${round}`
          const { perSecond, delay } = await storm(
            sqliteWriteLog(path(`log-${name}`), { durability: 'full' }),
            load.callers,
            load.ours,
          )
          const raw = await rawWrites(path(`raw-${name}`), load.callers, load.raw)
          const adds = await bull.perSecond(load.callers, load.bull)
          found.get(load.callers)!.push({ ours: perSecond, delay, raw, bull: adds })
        }
        micros.push({ bare: await inMemory(undefined), log: await inMemory(memoryWriteLog()) })
        progress(round + 1, rounds)
      }
      const rows = await rowsAtSource(sqliteWriteLog(path('coalescing')), updates, keys)
      const storms = found.get(most)!
      const [perSecond, delay] = [median(storms.map(({ ours }) => ours)), median(storms.map((one) => one.delay))]
      const bare = median(micros.map((one) => one.bare))
      const log = median(micros.map((one) => one.log))
      return {
        ok: perSecond >= goals.perSecond && delay <= goals.delay && rows <= goals.rows && bare <= goals.micros,
        trials: rounds * loads.reduce((sum, { callers, ours }) => sum + callers * ours, 0),
        figures: { P9: Math.round(perSecond), 'P9 delay ms': round(delay), 'P9 memory µs': round(bare), P10: rows },
        rows: loads.map(({ callers }) => rowOf(callers, found.get(callers)!)),
        verdict:
          `P9: ${Math.round(perSecond)} acknowledged/s with ${most} callers (goal ${goals.perSecond}), event loop delay p99 ` +
          `${round(delay)} ms (goal ${goals.delay}); in memory ${round(bare)} µs each without a log (goal ${goals.micros}), ` +
          `${round(log)} with memoryWriteLog(). P10: ${updates} updates over ${keys} keys: ${rows} rows at the source (goal ${goals.rows}).`,
      }
    } finally {
      await bull.end()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function rowOf(callers: number, found: readonly Found[]): Row {
  const of = (name: keyof Found) => median(found.map((one) => one[name]))
  const ours = found.map((one) => one.ours)
  return {
    callers,
    "SQLite log 'full', acks/s": Math.round(of('ours')),
    'from, to': `${Math.round(Math.min(...ours))}, ${Math.round(Math.max(...ours))}`,
    'loop delay p99 ms': round(of('delay')),
    'raw SQLite rows/s': Math.round(of('raw')),
    'times raw': round(median(found.map((one) => one.ours / one.raw))),
    'BullMQ adds/s': Math.round(of('bull')),
    'times BullMQ': round(median(found.map((one) => one.ours / one.bull))),
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

const round = (n: number) => Number(n.toFixed(2))
