// A process of a fleet with one write log in Redis, until it is killed: says each operation once it is acknowledged, with the times of
// its call and of that. With 'drain' it writes none of its own.
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createCacheManager, currentWrite, type Write, WriteBehind } from '@cachesmith/core'
import { redisWriteLog } from '@cachesmith/redis'
import { seeded } from '../../random.js'
import { sharedNow } from '../child.js'
import { numberOf } from './fleet-judge.js'
import { outsideSink } from './outside.js'
import type { Delivery } from './sink.js'

const [, , url = '', port = '', name = '0', seed = '1', failing = '0.1', leaseTime = '3000', way = 'submit'] =
  process.argv
const member = Number(name)
const random = seeded(Number(seed))
const sink = await outsideSink(Number(port), member)
const keys = 20
const callers = 25

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

/** Some calls fail, half of those after the sink has it. */
async function take(batch: readonly Delivery[]): Promise<void> {
  const fate = random() / Number(failing)
  if (fate < 0.5) throw new Error('refused')
  await sink(batch)
  if (fate < 1) throw new Error('its answer was lost')
}

const caches = createCacheManager({
  writeLog: redisWriteLog(url, { leaseTime: Number(leaseTime) }),
  caches: {
    numbers: {
      writes: { flushEvery: '5ms', maxBatch: 20, retry: { attempts: 1_000_000, backoff: '5ms' }, maxPending: 5_000 },
    },
  },
})
const service = caches.bind(new Service())
// A Redis that is being started again is asked until it answers.
await caches.ready().catch(() => {})

writeSync(1, 'ready\n')
let next = 0
if (way === 'submit') await Promise.all(Array.from({ length: callers }, submit))

/** One of the callers who write at once, each the next number. */
async function submit(): Promise<never> {
  for (;;) {
    const number = numberOf(member, ++next)
    const key = `k${Math.floor(random() * keys)}`
    const asked = sharedNow()
    try {
      await (number % 2 === 0 ? service.add(key, [number]) : service.addEach(`each-${key}`, [number]))
      writeSync(1, `${number} ${asked} ${sharedNow()}\n`)
    } catch {
      // Not taken: nothing was promised.
    }
    await pause(random() * 100)
  }
}
