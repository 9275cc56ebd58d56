// One process of a fleet with one write log. It is told `submit COUNT`, writes `ack KEY N` once a write is acknowledged, and its sink appends
// `NAME ID KEY N` to a list in Redis, which is the sink of all.
import { createInterface } from 'node:readline'
import { createClient } from '@keyv/redis'
import { createCacheManager, WriteBehind } from '@cachesmith/core'
import { redisWriteLog } from '@cachesmith/redis'

const [, , url = '', name = ''] = process.argv
const sink = createClient({ url })
await sink.connect()

class Values {
  @WriteBehind({ cache: 'values', key: (key: string) => [key], coalesce: false })
  async set(key: string, n: number): Promise<void> {
    await sink.sendCommand(['RPUSH', 'sink', `${name} ${key} ${n}`])
  }
}

const caches = createCacheManager({
  writeLog: redisWriteLog(url, { withoutAof: 'warn', leaseTime: 2_000 }),
  caches: { values: { writes: { flushEvery: '5ms', concurrency: 8 } } },
})
const values = caches.bind(new Values())
await caches.ready()
console.log('ready')

let next = 0
for await (const line of createInterface({ input: process.stdin })) {
  const [word, count = '0'] = line.split(' ')
  if (word === 'close') {
    const { left } = await caches.close({ deadline: '5s' })
    console.log(`left ${left}`)
    process.exit(0)
  }
  for (let i = 0; i < Number(count); i++) {
    const n = ++next
    // Keys of this process, and one that all write.
    const key = n % 10 === 0 ? 'shared' : `${name}${n % 5}`
    void values.set(key, key === 'shared' ? n * 10 + Number(name) : n).then(
      () => console.log(`ack ${key} ${key === 'shared' ? n * 10 + Number(name) : n}`),
      (error: Error) => console.log(`refused ${error.message}`),
    )
  }
}
