import { type Cache, createCacheManager } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { chance } from './chance.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'

/** So many, and so seldom changed, that a change that was not heard is not covered by the next one. */
const keys = Array.from({ length: 20 }, (_, at) => `key ${at}`)
const tagged = new Set(keys.slice(0, 5))

interface Value {
  readonly key: number
  readonly tag: number
}

/** When which state of the source was acknowledged as invalidated. */
class Acknowledged {
  readonly #marks: { at: number; what: string; state: number }[] = []
  add(what: string, state: number): void {
    this.#marks.push({ at: performance.now(), what, state })
  }
  /** The newest state of something that was acknowledged before a time. */
  floor(what: string, before = Number.POSITIVE_INFINITY): number {
    return this.#marks.reduce((floor, mark) => {
      return mark.what === what && mark.at <= before ? Math.max(floor, mark.state) : floor
    }, 0)
  }
}

describe('memory of several processes on a Redis', () => {
  let server: TestRedis
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
  })
  after(() => server?.stop())

  const seconds = Number(process.env.CACHESMITH_SECONDS ?? 3)
  it(`G3 C18 C21 C22 is at most a second old, and never older than an own invalidation, for ${seconds} s in which messages are lost`, async function () {
    this.timeout(seconds * 1_000 + 20_000)
    const seed = Number(process.env.CACHESMITH_SEED ?? Date.now() % 1_000_000)
    const below = chance(seed)
    const turns = async (most: number) => {
      for (let left = below(most); left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
    }
    const source: Record<string, number> = Object.fromEntries([...keys, 'T'].map((what) => [what, 1]))
    const everywhere = new Acknowledged()
    const stale: string[] = []
    const done = { reads: 0, memory: 0, lost: 0 }

    /** Messages come late, and one in so many not at all. */
    const lossy = (client: any, oneIn: number): any =>
      new Proxy(client, {
        get(target, property) {
          const value = Reflect.get(target, property, target) as unknown
          if (property === 'duplicate') return () => lossy(client.duplicate(), oneIn)
          if (property !== 'subscribe')
            return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value
          return (channel: string, hear: (message: string) => void) => {
            let before: Promise<void> = Promise.resolve()
            return client.subscribe(channel, (message: string) => {
              if (below(oneIn) === 0) done.lost++
              else before = before.then(() => turns(4)).then(() => hear(message))
            })
          }
        },
      })

    const load = async (key: string): Promise<Value> => {
      await turns(6)
      const value = { key: source[key] as number, tag: tagged.has(key) ? (source['T'] as number) : 0 }
      await turns(6)
      return value
    }
    const change = async (what: string, own: Acknowledged, invalidate: () => Promise<unknown>) => {
      const state = ++(source as Record<string, number>)[what]!
      await turns(6)
      await invalidate()
      own.add(what, state)
      everywhere.add(what, state)
    }
    const live = async (cache: Cache<Value>, own: Acknowledged, end: number) => {
      while (performance.now() < end) {
        await turns(30)
        const key = keys[below(keys.length)] as string
        if (below(1_500) === 0) await change(key, own, () => cache.evict(key))
        else if (below(6_000) === 0) await change('T', own, () => cache.evictTags(['T']))
        else if (below(60_000) === 0) await change(key, own, () => cache.clear())
        else {
          // What was acknowledged elsewhere within the last second, and a little for a busy machine, may be missing.
          const old = performance.now() - 1_150
          const floors = [key, 'T'].map((what) => Math.max(own.floor(what), everywhere.floor(what, old)))
          const value = await cache.getOrLoad(key, () => load(key), { tags: tagged.has(key) ? ['T'] : [] })
          done.reads++
          if (value.key < (floors[0] as number) || (tagged.has(key) && value.tag < (floors[1] as number)))
            stale.push(`${key} ${JSON.stringify(value)} after ${floors}`)
        }
      }
    }

    const processes = await Promise.all(
      [Number.MAX_SAFE_INTEGER, 3, 3].map(async (oneIn) => {
        const client = createClient({ url: server.url })
        await client.connect()
        const caches = createCacheManager({ store: redisStore(lossy(client, oneIn)), caches: { users: {} } })
        await caches.ready()
        return { cache: caches.cache<Value>('users'), own: new Acknowledged(), caches, client }
      }),
    )
    const end = performance.now() + seconds * 1_000
    await Promise.all(processes.flatMap(({ cache, own }) => [live(cache, own, end), live(cache, own, end)]))
    for (const { cache, caches, client } of processes) {
      done.memory += cache.stats().memoryHits
      await caches.close()
      client.destroy()
    }
    assert.deepEqual(stale.slice(0, 5), [], `CACHESMITH_SEED=${seed}: ${JSON.stringify(done)}`)
    assert.isAbove(done.lost, 0)
    assert.isAbove(done.memory, done.reads / 10)
    if (process.env.CACHESMITH_SECONDS) console.log(JSON.stringify(done))
  })
})
