import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createCacheManager, type Write, WriteBehind, type WriteLog } from '@cachesmith/core'

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

function life(writeLog: WriteLog | undefined) {
  const caches = createCacheManager({
    writeLog,
    caches: { visits: { writes: { flushEvery: '1h', maxPending: 1_000_000, maxBatch: 1_000 } } },
  })
  return { caches, visits: caches.bind(new Visits()) }
}

/** What a storm of callers came to. */
export interface Storm {
  readonly perSecond: number
  /** Of the event loop, p99, ms. */
  readonly delay: number
}

/** So many callers at once, each waiting for its acknowledgement before its next call; a first part of them warms up. */
export async function storm(writeLog: WriteLog, callers: number, calls: number): Promise<Storm> {
  const { caches, visits } = life(writeLog)
  await caches.ready()
  const wave = (many: number) =>
    Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let call = 0; call < many; call++) await visits.add(`${caller}`, 1)
      }),
    )
  await wave(Math.ceil(calls / 5))
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const started = performance.now()
  await wave(calls)
  const took = performance.now() - started
  loop.disable()
  await caches.close({ deadline: '30s' })
  // The monitor counts its own period of 1 ms as delay.
  return { perSecond: (callers * calls) / (took / 1_000), delay: Math.max(0, loop.percentile(99) / 1e6 - 1) }
}

const window = 10_000

/** µs from call to acknowledgement where the log is in memory: the median of 20 windows of 10,000 writes over 1,000 keys. */
export async function inMemory(writeLog: WriteLog | undefined): Promise<number> {
  const { caches, visits } = life(writeLog)
  await caches.ready()
  const ids = Array.from({ length: 1_000 }, (_, n) => `u${n}`)
  const windows: number[] = []
  for (let at = 0; at < 30; at++) {
    const started = performance.now()
    for (let n = 0; n < window; n++) void visits.add(ids[n % 1_000]!, 1)
    windows.push(((performance.now() - started) / window) * 1_000)
    await caches.flush()
  }
  await caches.close()
  return windows.slice(10).sort((a, b) => a - b)[10]!
}

/** Rows that reach the source when so many updates over so many keys come within one window. */
export async function rowsAtSource(writeLog: WriteLog, updates: number, keys: number): Promise<number> {
  const { caches, visits } = life(writeLog)
  await Promise.all(Array.from({ length: updates }, (_, n) => visits.add(`k${n % keys}`, 1)))
  await caches.close({ deadline: '30s' })
  return visits.rows
}
