import { mkdtempSync, rmSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCacheManager, type Write, WriteBehind, type WriteLog } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import type { Bench } from './bench.js'
import { rawWrites } from './raw-writes.js'

const callers = 1_000
const rounds = 10
const keys = 100
const updates = 10_000
const least = 100_000

class Visits {
  rows = 0
  @WriteBehind({
    cache: 'visits',
    key: (id: string) => ['visits', id],
    merge: ([id, a]: [string, number], [, b]: [string, number]): [string, number] => [id, a + b],
    drainTo: 'addMany',
  })
  async add(_id: string, _n: number): Promise<void> {
    this.rows++
  }
  async addMany(batch: Write<[id: string, n: number]>[]): Promise<void> {
    this.rows += batch.length
  }
}

/** Acknowledgements per second and the delay of the event loop meanwhile; rows that reach the source. */
export const writeBehind: Bench = {
  name: 'write-behind',
  about: `P9, P10: acknowledged writes with ${callers} callers at once, against a raw transaction per row; rows at the source`,
  rounds: 5,
  async run({ rounds: times, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'cachesmith-bench-'))
    try {
      const found = []
      for (let time = 0; time < times; time++) {
        const raw = await rawWrites(join(folder, `raw-${time}.db`), 200)
        const full = await storm(sqliteWriteLog(join(folder, `log-${time}.db`), { durability: 'full' }))
        found.push({ ...full, raw, micros: await inMemory() })
        progress(time + 1, times)
      }
      const perSecond = median(found.map((each) => each.perSecond))
      const raw = median(found.map((each) => each.raw))
      const delay = median(found.map((each) => each.delay))
      const micros = median(found.map((each) => each.micros))
      const rows = await rowsAtSource(sqliteWriteLog(join(folder, 'coalescing.db')))
      const ok = perSecond >= least && delay <= 10 && rows <= keys && micros <= 0.5
      return {
        ok,
        trials: times * callers * rounds,
        figures: { P9: Math.round(perSecond), 'P9 delay ms': round(delay), 'P9 memory µs': round(micros), P10: rows },
        rows: [
          {
            what: `SQLite log, 'full', ${callers} callers: acknowledged/s`,
            figure: Math.round(perSecond),
            goal: least,
          },
          { what: 'the same: event loop delay p99, ms', figure: round(delay), goal: 10 },
          { what: 'raw SQLite, a transaction per row: rows/s', figure: Math.round(raw), goal: '' },
          { what: 'times as many as raw', figure: round(perSecond / raw), goal: '' },
          { what: 'no log (memory): µs per acknowledgement', figure: round(micros), goal: 0.5 },
          { what: `${updates} updates over ${keys} keys: rows at the source`, figure: rows, goal: keys },
        ],
        verdict: 'P9 is the first row, P10 the last.',
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function life(writeLog: WriteLog | undefined) {
  const caches = createCacheManager({
    writeLog,
    caches: { visits: { writes: { flushEvery: '1h', maxPending: 1_000_000, maxBatch: 1_000 } } },
  })
  return { caches, visits: caches.bind(new Visits()) }
}

/** So many callers at once, each waiting for its acknowledgement before the next call. */
async function storm(writeLog: WriteLog) {
  const { caches, visits } = life(writeLog)
  await caches.ready()
  await wave(visits, 1)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const started = performance.now()
  await wave(visits, rounds)
  const took = performance.now() - started
  loop.disable()
  await caches.close({ deadline: '30s' })
  // The monitor counts its own period of 1 ms as delay.
  return { perSecond: (callers * rounds) / (took / 1_000), delay: Math.max(0, loop.percentile(99) / 1e6 - 1) }
}

async function wave(visits: Visits, calls: number): Promise<void> {
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let call = 0; call < calls; call++) await visits.add(`${caller}`, 1)
    }),
  )
}

/** Without a log: µs from call to acknowledgement, the median of windows of 10,000 writes over 1,000 keys. */
async function inMemory(): Promise<number> {
  const { caches, visits } = life(undefined)
  const ids = Array.from({ length: 1_000 }, (_, n) => `u${n}`)
  const windows: number[] = []
  for (let window = 0; window < 60; window++) {
    const started = performance.now()
    for (let n = 0; n < 10_000; n++) void visits.add(ids[n % 1_000]!, 1)
    windows.push((performance.now() - started) / 10)
    await caches.flush()
  }
  await caches.close()
  return median(windows.slice(10))
}

async function rowsAtSource(writeLog: WriteLog): Promise<number> {
  const { caches, visits } = life(writeLog)
  await Promise.all(Array.from({ length: updates }, (_, n) => visits.add(`k${n % keys}`, 1)))
  await caches.close({ deadline: '30s' })
  return visits.rows
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

const round = (n: number) => Number(n.toFixed(2))
