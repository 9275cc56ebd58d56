import { type Cache, createCacheManager, type Store } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import type { Bench, Row } from './bench.js'
import { median } from './paired.js'
import { RedisServer } from './redis-server.js'

const entries = 1_000_000
const atOnce = 250
const teams = 1_000
/** Entries that are read after each eviction: all must be loaded anew. */
const sample = 100
const bounds = { P7: 1, redis: 5 } as const

/** What evictions of the one tag that all entries bear have taken, ms. */
interface Evictions {
  readonly times: readonly number[]
  /** Reads after an eviction that were not loaded anew. */
  readonly kept: number
}

/** How long it takes to evict a tag that a million entries bear: it must not depend on them. */
export const tag: Bench = {
  name: 'tag',
  about: 'P7: evicting a tag of 1,000,000 entries, in memory and in Redis; the next reads miss',
  rounds: 20,
  async run({ rounds, progress }) {
    const tick = (done: number) => progress(done, 2 * rounds)
    const memory = await inMemory(rounds, tick)
    const stored = await inRedis(rounds, (done) => tick(rounds + done))
    const [p7, redis] = [median(memory.times), median(stored.times)]
    const kept = memory.kept + stored.kept
    return {
      ok: kept === 0 && p7 <= bounds.P7 && redis <= bounds.redis,
      trials: 2 * rounds,
      figures: { P7: round(p7), 'tag-redis-ms': round(redis) },
      rows: [rowOf('memory', memory), rowOf('Redis', stored)],
      verdict:
        kept > 0
          ? `${kept} reads were answered after their tag was evicted.`
          : `The medians are P7 (bound ${bounds.P7} ms) and tag-redis-ms (bound ${bounds.redis} ms); all ${2 * rounds * sample} reads after an eviction missed.`,
    }
  },
}

async function inMemory(rounds: number, progress: (done: number) => void): Promise<Evictions> {
  await using caches = createCacheManager({
    caches: { users: { ttl: '1d', memory: { maxEntries: 2 * entries, maxBytes: 8 * 2 ** 30 } } },
  })
  return evictions(caches.cache('users'), rounds, progress)
}

async function inRedis(rounds: number, progress: (done: number) => void): Promise<Evictions> {
  const server = await RedisServer.start()
  try {
    const store: Store = redisStore(server.url)
    await store.open()
    await using caches = createCacheManager({ store, budget: '30s', caches: { users: { memory: false, ttl: '1d' } } })
    return await evictions(caches.cache('users'), rounds, progress)
  } finally {
    await server.end()
  }
}

/** Fills a cache with entries that all bear one tag, and one of many others, then evicts the one again and again. */
async function evictions(cache: Cache<unknown>, rounds: number, progress: (done: number) => void): Promise<Evictions> {
  let loads = 0
  const read = (n: number) =>
    cache.getOrLoad(
      ['user', n],
      () => {
        loads++
        return { id: n }
      },
      { tags: ['everyone', `team ${n % teams}`] },
    )
  const readAll = async (from: number, step: number, to: number) => {
    for (let n = from; n < to; n += step) await read(n)
  }
  await Promise.all(Array.from({ length: atOnce }, (_, n) => readAll(n, atOnce, entries)))
  if (loads !== entries) throw new Error(`${loads} of ${entries} entries were loaded`)
  const chosen = Array.from({ length: sample }, (_, n) => n * (entries / sample))
  loads = 0
  await Promise.all(chosen.map(read))
  const { storeErrors, notStored } = cache.stats()
  if (loads > 0)
    throw new Error(`${loads} of ${sample} entries were not kept: ${storeErrors} store errors, ${notStored} not stored`)
  const times: number[] = []
  let kept = 0
  for (let done = 1; done <= rounds; done++) {
    const started = performance.now()
    await cache.evictTags(['everyone'])
    times.push(performance.now() - started)
    loads = 0
    await Promise.all(chosen.map(read))
    kept += sample - loads
    progress(done)
  }
  return { times, kept }
}

function rowOf(where: string, { times, kept }: Evictions): Row {
  return {
    'evict a tag': `${entries.toLocaleString('en')} entries in ${where}`,
    'first ms': times[0]!.toFixed(3),
    'median ms': median(times).toFixed(3),
    'max ms': Math.max(...times).toFixed(3),
    'reads that hit after': kept,
  }
}

const round = (n: number): number => Number(n.toFixed(3))
