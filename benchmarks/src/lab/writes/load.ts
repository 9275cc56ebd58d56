import { setTimeout as pause } from 'node:timers/promises'
import { createCacheManager, type Write, WriteBehind, type WriteBehindSettings } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'

/** What a sink does with a list of numbers. */
export type SinkOf = (numbers: readonly number[]) => Promise<void>

class Service {
  constructor(private readonly sink: SinkOf) {}

  @WriteBehind({ cache: 'load', key: (key: string) => ['load', key], coalesce: false, drainTo: 'addMany' })
  async add(_key: string, number: number): Promise<void> {
    await this.sink([number])
  }

  async addMany(batch: Write<[key: string, number: number]>[]): Promise<void> {
    await this.sink(batch.map(({ args: [, number] }) => number))
  }
}

/** A write-behind service of one method, on a SQLite log, over a sink of the lab's own. */
export function loadOn(log: string, sink: SinkOf, writes: WriteBehindSettings) {
  const caches = createCacheManager({
    writeLog: sqliteWriteLog(log),
    caches: { load: { writes } },
  })
  const service = caches.bind(new Service(sink))
  return { caches, add: (key: string, number: number) => service.add(key, number), behind: caches.cache('load').writes }
}

/** Calls `work` so many times a second, evenly, until `end` (performance.now) or until it has been called `most` times. */
export async function steadily(
  perSecond: number,
  end: number,
  most: number,
  work: (n: number) => void,
): Promise<number> {
  const start = performance.now()
  let done = 0
  while (performance.now() < end && done < most) {
    const due = Math.min(most, Math.floor(((performance.now() - start) / 1_000) * perSecond) + 1)
    while (done < due) work(done++)
    await pause(2)
  }
  return done
}
