import { type Cache, createCacheManager } from '@cachesmith/core'
import { FaultProxy } from '@cachesmith/core/testing'
import { redisStore } from '@cachesmith/redis'
import { createClient } from '@keyv/redis'
import type { Bench, Row } from './bench.js'
import { measure, type Pair } from './paired.js'
import { RedisServer } from './redis-server.js'

const tagCounts = [0, 3, 20] as const
const countedHits = 300
const alone = 200
const callers = 64
const together = callers * 20
const bounds = { requests: 1, latency: 1.25, perSecond: 1.2 } as const

const value = { id: 'u1', name: 'Ada Lovelace', team: 't1', roles: ['admin', 'author'], active: true }
const keyOf = (n: number) => ['user', n % callers]
const tagsOf = (count: number) => Array.from({ length: count }, (_, n) => `tag ${n}`)

/** A hit in Redis without memory, against a GET of the same text by the same client. */
export const redis: Bench = {
  name: 'redis',
  about: 'P5: a hit in Redis: requests on the wire, latency and reads per second, against a raw GET on the same client',
  rounds: 20,
  async run({ rounds, progress }) {
    const server = await RedisServer.start()
    try {
      const counted = await Promise.all(tagCounts.map((count) => requestsPerHit(server, count)))
      const requests = Math.max(...counted)
      const { rows, latency, perSecond, missed } = await againstRaw(server, rounds, progress)
      const ok =
        missed === 0 && requests === bounds.requests && latency <= bounds.latency && perSecond >= bounds.perSecond
      return {
        ok,
        trials: rounds * 2 * (alone * (tagCounts.length + 2) + together * 3),
        figures: { P5: round(latency), 'P5 requests': requests, 'P5 per second': round(perSecond) },
        rows,
        verdict:
          missed > 0
            ? `${missed} reads were no hits: the figures mean nothing.`
            : `${counted.map((n, at) => `${n.toFixed(2)} requests a hit with ${tagCounts[at]} tags`).join(', ')} (bound ${bounds.requests.toFixed(2)}); one hit costs ${latency.toFixed(2)} of a GET at most (bound ${bounds.latency}); ${callers} callers read ${perSecond.toFixed(2)} times as many a second (bound ${bounds.perSecond}).`,
      }
    } finally {
      await server.end()
    }
  },
}

/**
 * A cache whose entries bear so many tags, all kept. Another tag was invalidated since, so that control alone proves none of them: the
 * first reads look at the records, later ones know what they said while nothing happens to the cache.
 */
async function filled(cache: Cache<unknown>, count: number): Promise<() => number> {
  let loads = 0
  const load = async () => {
    loads++
    return value
  }
  for (let n = 0; n < callers; n++) await cache.getOrLoad(keyOf(n), load, { tags: tagsOf(count) })
  await cache.evictTags(['another'])
  for (let n = 0; n < callers; n++) await cache.getOrLoad(keyOf(n), load, { tags: tagsOf(count) })
  return () => loads - callers
}

/** Counted on the wire, pings left out. */
async function requestsPerHit(server: RedisServer, count: number): Promise<number> {
  const proxy = await FaultProxy.before(server.port)
  const store = redisStore(`redis://127.0.0.1:${proxy.port}`)
  const caches = createCacheManager({
    namespace: `wire ${count}`,
    store,
    budget: '5s',
    caches: { users: { memory: false } },
  })
  const users = caches.cache('users')
  await filled(users, count)
  proxy.forgetsRequests()
  for (let n = 0; n < countedHits; n++)
    if ((await users.get(keyOf(n))) === undefined) throw new Error('a read that is counted as a hit was none')
  const requests = proxy.requests - (proxy.commands.get('PING') ?? 0)
  await caches.close()
  await proxy.close()
  return requests / countedHits
}

async function againstRaw(server: RedisServer, rounds: number, progress: (done: number, of: number) => void) {
  const client = createClient({ url: server.url, disableOfflineQueue: true })
  client.on('error', () => {})
  await client.connect()
  const store = redisStore(client as never)
  const caches = createCacheManager({
    namespace: 'pairs',
    store,
    budget: '5s',
    caches: Object.fromEntries(tagCounts.map((count) => [`tags ${count}`, { memory: false as const }])),
  })
  await client.set('raw control', 'as long as the text of a control is, more or less')
  for (let n = 0; n < callers; n++) await client.set(`raw ${n}`, JSON.stringify(value))
  const raw = async (n: number) => JSON.parse((await client.get(`raw ${n % callers}`)) as string) as unknown
  const missed: (() => number)[] = []
  const pairs: Pair[] = []
  for (const count of tagCounts) {
    const cache = caches.cache(`tags ${count}`)
    missed.push(await filled(cache, count))
    pairs.push({
      label: `one hit, ${count} tags`,
      calls: alone,
      limit: () => inTurn(raw),
      ours: () => inTurn((n) => cache.getOrLoad(keyOf(n), () => value)),
    })
  }
  const cache = caches.cache('tags 3')
  const hit = (n: number) => cache.getOrLoad(keyOf(n), () => value)
  const bare = barely(client)
  const elsewhere = createCacheManager({ namespace: 'pairs', store: redisStore(server.url), caches: { 'tags 3': {} } })
  const moving = (every: number, call: (n: number) => Promise<unknown>) => (n: number) => {
    if (n % every === 0) void elsewhere.cache('tags 3').evict(['nobody', n])
    return call(n)
  }
  pairs.push(
    { label: `${callers} callers, 3 tags`, calls: together, limit: () => atOnce(raw), ours: () => atOnce(hit) },
    {
      label: 'one hit, 3 tags, others evict other keys',
      calls: alone,
      limit: () => inTurn(moving(8, raw)),
      ours: () => inTurn(moving(8, hit)),
    },
    {
      label: `${callers} callers, 3 tags, others evict other keys`,
      calls: together,
      limit: () => atOnce(moving(4 * callers, raw)),
      ours: () => atOnce(moving(4 * callers, hit)),
    },
    { label: 'bare MGET of two keys', calls: alone, limit: () => inTurn(raw), ours: () => inTurn(bare) },
    {
      label: `${callers} callers, bare MGET per tick`,
      calls: together,
      limit: () => atOnce(raw),
      ours: () => atOnce(bare),
    },
  )
  const measured = await measure(pairs, rounds, (done) => progress(done, rounds))
  await Promise.all([caches.close(), elsewhere.close()])
  client.destroy()
  const rows = measured.map(
    ({ label, limit, ours, ratio, quartiles: [low, high] }): Row => ({
      work: label,
      'GET us': (limit / 1_000).toFixed(1),
      'hit us': (ours / 1_000).toFixed(1),
      ratio: ratio.toFixed(2),
      'half lie in': `${low.toFixed(2)} to ${high.toFixed(2)}`,
    }),
  )
  return {
    rows,
    latency: Math.max(...measured.slice(0, tagCounts.length).map(({ ratio }) => ratio)),
    perSecond: 1 / measured[tagCounts.length]!.ratio,
    missed: missed.reduce((sum, count) => sum + count(), 0),
  }
}

/** What can be had at best: reads of one tick in one MGET with one more key, as control would be, and nothing judged. */
function barely(client: { mGet(names: string[]): Promise<(string | null)[]> }): (n: number) => Promise<unknown> {
  let open: { readonly names: string[]; readonly answer: Promise<(string | null)[]> } | undefined
  const begin = () => {
    const names = ['raw control']
    const answer = new Promise<(string | null)[]>((resolve, reject) =>
      process.nextTick(() => {
        open = undefined
        client.mGet(names).then(resolve, reject)
      }),
    )
    return { names, answer }
  }
  return async (n) => {
    const { names, answer } = (open ??= begin())
    const place = names.push(`raw ${n % callers}`) - 1
    return JSON.parse((await answer)[place] as string) as unknown
  }
}

async function inTurn(call: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < alone; n++) await call(n)
}

async function atOnce(call: (n: number) => Promise<unknown>): Promise<void> {
  const caller = async (first: number) => {
    for (let n = first; n < together; n += callers) await call(n)
  }
  await Promise.all(Array.from({ length: callers }, (_, n) => caller(n)))
}

const round = (n: number): number => Number(n.toFixed(2))
