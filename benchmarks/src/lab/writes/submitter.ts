// A process that writes behind until it is killed: says each operation once it is acknowledged. With 'drain' it only drains what is left.
import { writeSync } from 'node:fs'
import { createCacheManager, currentWrite, type Write, WriteBehind } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { seeded } from '../../random.js'
import { type Delivery, Sink } from './sink.js'

const [, , log = '', sunk = '', durability = 'full', from = '1', seed = '1', failing = '0.1', way = 'submit'] =
  process.argv
const random = seeded(Number(seed))
const sink = await Sink.open(sunk)
const keys = 50
const callers = 400

class Service {
  @WriteBehind({
    cache: 'numbers',
    key: (key: string) => ['numbers', key],
    merge: ([key, a]: [string, number[]], [, b]: [string, number[]]): [string, number[]] => [key, [...a, ...b]],
    drainTo: 'addMany',
  })
  async add(key: string, numbers: number[]): Promise<void> {
    const { id } = currentWrite()
    await take([{ id, key, numbers }])
  }

  /** Each write as it came: many of one key may stand in one batch. */
  @WriteBehind({ cache: 'numbers', key: (key: string) => ['each', key], coalesce: false, drainTo: 'addMany' })
  async addEach(key: string, numbers: number[]): Promise<void> {
    const { id } = currentWrite()
    await take([{ id, key, numbers }])
  }

  async addMany(batch: Write<[key: string, numbers: number[]]>[]): Promise<void> {
    await take(batch.map(({ id, args: [key, numbers] }) => ({ id, key, numbers })))
  }
}

/** One call in ten fails, half of those after the sink has it. */
async function take(batch: readonly Delivery[]): Promise<void> {
  const fate = random() / Number(failing)
  if (fate < 0.5) throw new Error('refused')
  await sink.take(batch)
  if (fate < 1) throw new Error('its answer was lost')
}

const caches = createCacheManager({
  writeLog: sqliteWriteLog(log, { durability: durability === 'normal' ? 'normal' : 'full' }),
  caches: {
    numbers: {
      writes: { flushEvery: '5ms', maxBatch: 100, retry: { attempts: 1_000_000, backoff: '5ms' }, maxPending: 5_000 },
    },
  },
})
const service = caches.bind(new Service())
await caches.ready()

let told: number[] = []

/** Says that it is acknowledged, at the end of this turn of the event loop, with all others of it. */
function tell(number: number): void {
  if (told.push(number) > 1) return
  setImmediate(() => {
    const lines = told.map((one) => `${one}\n`).join('')
    told = []
    writeSync(1, lines)
  })
}

if (way === 'drain') {
  await caches.flush()
  const { left } = await caches.close({ deadline: '60s' })
  await sink.close()
  process.exitCode = left === 0 ? 0 : 1
} else {
  writeSync(1, 'ready\n')
  let next = Number(from)
  await Promise.all(Array.from({ length: callers }, submit))
  /** One of the callers who write at once, each the next number. */
  async function submit(): Promise<never> {
    for (;;) {
      const number = next++
      const key = `k${Math.floor(random() * keys)}`
      try {
        await (number % 2 === 0 ? service.add(key, [number]) : service.addEach(`each-${key}`, [number]))
      } catch {
        continue // not taken: nothing was promised
      }
      tell(number)
    }
  }
}
