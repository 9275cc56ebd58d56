import type { Store, StoreCache } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { chance } from './chance.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { scope } from './support.js'

const keys = ['a', 'b']
const sealed = (value: Value) => ({ text: JSON.stringify(value), tags: ['T'], life: 60_000 })

/** What the source holds of a key: its own state and that of the tag, as counters. */
interface Value {
  readonly key: number
  readonly tag: number
}

/** A source, several processes on one cache, and what of the source's states Redis has acknowledged as invalidated. */
class SmallWorld {
  readonly #now: Record<string, number> = { a: 1, b: 1, T: 1 }
  readonly #acknowledged: Record<string, number> = { a: 0, b: 0, T: 0 }
  readonly stale: string[] = []
  stored = 0
  hits = 0

  constructor(
    readonly below: (n: number) => number,
    readonly name: string,
    readonly admin: Admin,
  ) {}

  async live(cache: StoreCache, steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const key = keys[this.below(keys.length)] as string
      switch (this.below(12)) {
        case 0:
          await this.#change(key, () => cache.evict([key]))
          break
        case 1:
          await this.#change('T', () => cache.evictTags(['T']))
          break
        case 2:
          await this.#change(key, () => cache.clear())
          break
        case 3:
        case 4:
          await this.#put(cache, key)
          break
        case 5:
          await this.#lose(key)
          break
        default:
          await this.read(cache, key)
      }
    }
  }

  /** A read that begins after an acknowledged invalidation gets nothing older. */
  async read(cache: StoreCache, key: string): Promise<void> {
    const floor = { ...this.#acknowledged }
    const value = await this.#get(cache, key)
    if (value.key < (floor[key] as number) || value.tag < (floor['T'] as number))
      this.stale.push(`${key}: ${JSON.stringify(value)} after ${JSON.stringify(floor)}`)
  }

  async #get(cache: StoreCache, key: string): Promise<Value> {
    const [found] = await cache.read([key])
    if (found?.kind === 'found') {
      this.hits++
      return JSON.parse(found.text) as Value
    }
    for (;;) {
      const begun = await cache.begin(key)
      if (begun.kind === 'value') return JSON.parse(begun.text) as Value
      if (begun.kind === 'writing') return this.#load(key)
      if (begun.kind === 'granted') {
        const value = await this.#load(key)
        if ((await cache.fill(begun.ticket, sealed(value))).kind === 'stored') this.stored++
        return value
      }
      await this.pause()
    }
  }

  async #put(cache: StoreCache, key: string): Promise<void> {
    const ticket = await cache.beginPut(key)
    await this.#change(key, async () => {
      await cache.put(ticket, sealed(await this.#load(key)), { keys: [], tags: [], all: false })
    })
  }

  async #change(what: string, invalidate: () => Promise<void>): Promise<void> {
    await this.pause()
    const state = ++(this.#now as Record<string, number>)[what]!
    await this.pause()
    await invalidate()
    this.#acknowledged[what] = Math.max(this.#acknowledged[what] as number, state)
  }

  async #load(key: string): Promise<Value> {
    await this.pause()
    const value = { key: this.#now[key] as number, tag: this.#now['T'] as number }
    await this.pause()
    return value
  }

  /** C6: Redis forgets a key. */
  async #lose(key: string): Promise<void> {
    const version = 1 + this.below(2)
    const suffixes = [`:v${version}.0:${key}`, `?v${version}.0:${key}`, '#T', '#T', '!']
    await this.admin.send('DEL', `{n:${this.name}}${suffixes[this.below(suffixes.length)]}`)
  }

  /** Some turns of the event loop, so that anything may come between. */
  async pause(): Promise<void> {
    for (let turns = this.below(8); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('random worlds on a Redis', () => {
  let server: TestRedis
  let admin: Admin
  const ends: (() => unknown)[] = []
  const stores: Store[] = []
  let pause: () => Promise<void> = async () => {}
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    for (let at = 0; at < 3; at++) {
      const client = createClient({ url: server.url })
      await client.connect()
      // Requests and answers take their time, each its own.
      const slow = new Proxy(client, {
        get(target, property) {
          const value = Reflect.get(target, property, target) as unknown
          if (typeof value !== 'function') return value
          if (property !== 'evalSha' && property !== 'sendCommand')
            return (value as (...all: unknown[]) => unknown).bind(target)
          return async (...all: unknown[]) => {
            await pause()
            const answer = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, all)
            await pause()
            return answer
          }
        },
      })
      const store = redisStore(slow)
      await store.open()
      stores.push(store)
      ends.push(
        () => store.close(),
        () => client.destroy(),
      )
    }
  })
  after(async () => {
    for (const end of ends) await end()
    admin?.end()
    await server?.stop()
  })

  const count = Number(process.env.CACHESMITH_WORLDS ?? 150)
  it(`G1 C2 C4 C5 C6 C24 R5 R14 serve nothing older than what was acknowledged, in ${count} worlds`, async function () {
    this.timeout(Math.max(30_000, count * 200))
    const first = Number(process.env.CACHESMITH_SEED ?? Date.now() % 1_000_000)
    const sums = { stored: 0, hits: 0 }
    const one = async (seed: number) => {
      const name = `world-${seed}`
      const world = new SmallWorld(chance(seed), name, admin)
      pause = () => world.pause()
      const caches = stores.map((store, at) => store.cache({ ...scope, cache: name, version: at === 2 ? 2 : 1 }))
      await Promise.all([...caches, ...caches].map((cache) => world.live(cache, 20)))
      for (const cache of caches) for (const key of keys) await world.read(cache, key)
      assert.deepEqual(world.stale, [], `CACHESMITH_SEED=${seed}`)
      sums.stored += world.stored
      sums.hits += world.hits
    }
    for (let from = 0; from < count; from += 10)
      await Promise.all(Array.from({ length: Math.min(10, count - from) }, (_, at) => one(first + from + at)))
    assert.isAbove(sums.stored, count)
    assert.isAbove(sums.hits, count)
  })
})
