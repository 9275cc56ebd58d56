// Takes writes into a durable log, closes on signals, and lets its sink write down what it gets: W14 and D28 in a process of its own.
import { appendFileSync, writeSync } from 'node:fs'
import { createCacheManager, type Write, WriteBehind } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'

const [, , path = '', sunk = '', count = '0', sinkMs = '0', deadline = '1000', way = 'signal'] = process.argv

let failures = 0

class Service {
  @WriteBehind({ cache: 'jobs', key: (n: number) => ['job', n], drainTo: 'addMany' })
  async add(n: number): Promise<void> {
    await this.addMany([{ id: '', key: [], args: [n] }])
  }
  async addMany(batch: Write<[n: number]>[]): Promise<void> {
    // The pause after a failure is a timer that keeps no process alive.
    if (way === 'destroy' && failures++ === 0) throw new Error('once')
    await new Promise((resolve) => setTimeout(resolve, Number(sinkMs)))
    appendFileSync(sunk, batch.map(({ args: [n] }) => `${n}\n`).join(''))
  }
  /** As typedi calls it: nobody awaits the answer. */
  destroy(): void {
    void caches.close({ deadline: Number(deadline) })
  }
}

const caches = createCacheManager({
  writeLog: sqliteWriteLog(path, { durability: 'normal' }),
  caches: { jobs: { writes: { flushEvery: '1h', maxPending: 1_000_000, maxBatch: 100 } } },
})
const service = caches.bind(new Service())
const jobs = Array.from({ length: Number(count) }, (_, n) => n)
await Promise.all(jobs.map((n) => service.add(n)))
if (way === 'destroy') service.destroy()
else {
  caches.closeOnSignals({ deadline: Number(deadline) })
  setInterval(() => {}, 1_000) // a server
}
writeSync(1, 'ready\n')
