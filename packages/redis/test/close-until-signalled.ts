// Closes on signals, with one write pending, while its Redis stands still, or over a store that never closes.
import { createCacheManager, WriteBehind } from '@cachesmith/core'
import { redisStore, redisWriteLog } from '@cachesmith/redis'

const [, , url = '', deadline = '0', way = ''] = process.argv
const store = redisStore(url)
if (way === 'stuck') store.close = () => new Promise(() => {})
const caches = createCacheManager({
  store,
  writeLog: redisWriteLog(url),
  caches: { jobs: { writes: { flushEvery: '1h' } } },
})

class Jobs {
  @WriteBehind({ cache: 'jobs', key: (n: number) => [n] })
  async add(_n: number): Promise<void> {}
}

const jobs = caches.bind(new Jobs())
await caches.ready()
await caches.cache('jobs').getOrLoad('a', async () => 1)
await jobs.add(1)
caches.closeOnSignals({ deadline: Number(deadline) })
setInterval(() => {}, 1_000) // a server
console.log('ready')
