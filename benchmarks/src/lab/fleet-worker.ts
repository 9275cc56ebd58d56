import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { createClient } from '@keyv/redis'
import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../random.js'
import { hearParent, sharedNow, tellParent } from './child.js'

/** A read: which key, when it began, the version that it answered, and when. */
export type FleetRead = readonly [key: number, from: number, version: number, to: number]
/** An awaited invalidation of all before a version; `sure`: the store has acknowledged it. */
export type FleetWrite = readonly [key: number, version: number, to: number, sure: boolean, how: string]
export interface FleetTells {
  readonly reads: readonly FleetRead[]
  readonly writes: readonly FleetWrite[]
  /** Calls that rejected. */
  readonly failures: readonly string[]
  /** What the cache counts. */
  readonly stats: { readonly memoryHits: number; readonly storeHits: number; readonly misses: number }
}
/** Nothing is written any more. */
export interface FleetTold {
  readonly quiet: true
}

const [cacheUrl, sourceUrl, seed, keys, callers] = process.argv.slice(2) as [string, string, string, string, string]
const random = seeded(Number(seed))
const caches = createCacheManager({
  namespace: 'fleet',
  store: redisStore(cacheUrl),
  leaseTime: '1s',
  caches: { rows: { ttl: '10m', memory: { maxEntries: 1_000 } } },
})
const rows = caches.cache<number>('rows')
/** The database: another Redis, which nothing happens to, where each row is its version. */
const source = createClient({ url: sourceUrl })
source.on('error', () => {})
await source.connect()

let quiet = false
let [reads, writes, failures]: [FleetRead[], FleetWrite[], string[]] = [[], [], []]
const tags = (key: number) => [`tag ${key % 8}`, `row ${key}`]
const some = (most: number) => Math.floor(random() * most)
const save = (key: number) => source.incr(`row ${key}`)

async function read(key: number): Promise<void> {
  const from = sharedNow()
  const load = async () => {
    const version = Number((await source.get(`row ${key}`)) ?? 0)
    // Long enough that writes come between.
    if (random() < 0.3) await pause(some(20))
    return version
  }
  const version = await rows.getOrLoad(['row', key], load, { tags: tags(key) })
  reads.push([key, from, version, sharedNow()])
}

const hows = ['evict', 'evictTags', 'wide tag', 'put', 'put late'] as const

async function write(key: number): Promise<void> {
  const how = hows[some(hows.length)]!
  const { storeErrors } = rows.stats()
  let version: number
  if (how === 'put') version = await rows.put(['row', key], () => save(key), { tags: tags(key) })
  else if (how === 'put late') {
    const slowly = async () => {
      const saved = await save(key)
      await pause(some(20))
      return saved
    }
    version = await rows.put(['row', key], slowly, { tags: tags(key) })
  } else {
    version = await save(key)
    if (how === 'evict') await rows.evict(['row', key])
    else await rows.evictTags([how === 'evictTags' ? `row ${key}` : `tag ${key % 8}`])
  }
  writes.push([key, version, sharedNow(), rows.stats().storeErrors === storeErrors, how])
}

async function caller(): Promise<void> {
  for (;;) {
    // Few keys are hot, as in life.
    const key = Math.floor(random() ** 2 * Number(keys))
    try {
      if (!quiet && random() < 0.03) await write(key)
      else await read(key)
    } catch (error) {
      failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    await pause(some(12))
  }
}

hearParent<FleetTold>(() => {
  quiet = true
})
for (let n = 0; n < Number(callers); n++) void caller()
for (;;) {
  await pause(50)
  const { memoryHits, hits, misses } = rows.stats()
  const tells: FleetTells = { reads, writes, failures, stats: { memoryHits, storeHits: hits - memoryHits, misses } }
  tellParent(tells)
  ;[reads, writes, failures] = [[], [], []]
}
