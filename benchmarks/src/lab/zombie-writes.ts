import type { Store, StoreCache, Ticket } from '@cachesmith/core'
import { FaultProxy } from '@cachesmith/core/testing'
import { redisStore } from '@cachesmith/redis'
import { seeded } from '../random.js'
import { RedisServer } from '../redis-server.js'
import { until } from './drive.js'
import type { Lab, LabAsked, LabFound } from './lab.js'

const writes = ['fill', 'put'] as const
const deeds = ['evict', 'evictTags', 'clear', 'put', 'newer fill', 'FLUSHALL'] as const
const senders = ['waits', 'is gone'] as const

type Deed = (typeof deeds)[number]

/** A process whose writes the proxy can hold back: at the port, for it must bring its write to the very last step. */
class Slow {
  #store: Store | undefined
  #cache: StoreCache | undefined

  constructor(private readonly proxy: FaultProxy) {}

  async cache(): Promise<StoreCache> {
    if (this.#cache !== undefined) return this.#cache
    this.#store = redisStore(`redis://127.0.0.1:${this.proxy.port}`)
    await this.#store.open()
    this.#cache = this.#store.cache(scope)
    return this.#cache
  }

  async ends(): Promise<void> {
    const store = this.#store
    this.#store = this.#cache = undefined
    await store?.close()
  }
}

const scope = { namespace: 'zombie', cache: 'users', version: 1, longestLife: 60_000, leaseTime: 2_000, now: Date.now }
const sealed = (key: string, version: number) => ({
  text: `cs1 of ${key} ${version}`,
  tags: [`tag of ${key}`],
  life: 60_000,
})

/** R5: a write that its sender has given up lands after an invalidation. A trial is one such write. */
export const zombieWrites: Lab = {
  name: 'zombie-writes',
  about: 'R5: writes that a proxy holds back land after an invalidation of what they bear',
  trials: 1_000,
  async run({ seed, trials, seconds, progress }: LabAsked): Promise<LabFound> {
    const random = seeded(seed)
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
    const end = seconds === undefined ? Infinity : performance.now() + seconds * 1_000
    const server = await RedisServer.start()
    const proxy = await FaultProxy.before(server.port, { seed })
    const slow = new Slow(proxy)
    const other = redisStore(server.url)
    await other.open()
    const others = other.cache(scope)
    const tally = new Map<string, { landed: number; older: number }>()
    let done = 0
    let violations = 0
    let first: string | undefined
    try {
      for (; done < trials && performance.now() < end; done++) {
        const [write, deed, sender] = [one(writes), one(deeds), random() < 0.1 ? senders[1] : senders[0]]
        const key = `key ${seed} ${done}`
        const cache = await slow.cache()
        const ticket = write === 'fill' ? await granted(cache, key) : await cache.beginPut(key)
        proxy.holds()
        const answer = (
          write === 'fill' ? cache.fill(ticket, sealed(key, 1)) : cache.put(ticket, sealed(key, 1))
        ).catch(() => 'unknown')
        await until('the write is held', () => proxy.heldBytes > 0)
        if (sender === 'is gone') await slow.ends()
        await does(others, server, deed, key)
        proxy.releases()
        await answer
        if (sender === 'is gone') await until('the write has landed', () => proxy.standing === 0)
        const found = await versionOf(others, key)
        const older = found === 1
        const name = `${write}, its sender ${sender}; ${deed}`
        const row = tally.get(name) ?? { landed: 0, older: 0 }
        tally.set(name, { landed: row.landed + 1, older: row.older + Number(older) })
        if (older) {
          violations++
          first ??= `seed ${seed}, trial ${done}: a ${write} of version 1 landed after ${deed} and is served (its sender ${sender})`
        }
        if (done % 50 === 49) progress(done + 1, violations)
      }
    } finally {
      await Promise.all([slow.ends(), other.close()])
      await proxy.close()
      await server.end()
    }
    const rows = [...tally].sort(([a], [b]) => a.localeCompare(b)).map(([what, row]) => ({ write: what, ...row }))
    return { trials: done, violations, figures: { R5: violations }, rows, ...(first !== undefined && { first }) }
  },
}

async function granted(cache: StoreCache, key: string): Promise<Ticket> {
  await cache.read([key])
  const begun = await cache.begin(key)
  if (begun.kind !== 'granted') throw new Error(`begin of ${key}: ${begun.kind}`)
  return begun.ticket
}

/** What makes version 1 an old one. */
async function does(cache: StoreCache, server: RedisServer, deed: Deed, key: string): Promise<void> {
  if (deed === 'evict') await cache.evict([key])
  if (deed === 'evictTags') await cache.evictTags([`tag of ${key}`])
  if (deed === 'clear') await cache.clear()
  if (deed === 'put') await cache.put(await cache.beginPut(key), sealed(key, 2))
  if (deed === 'newer fill') {
    await cache.evict([key])
    await cache.fill(await granted(cache, key), sealed(key, 2))
  }
  if (deed === 'FLUSHALL') await server.ask('FLUSHALL')
}

async function versionOf(cache: StoreCache, key: string): Promise<number | undefined> {
  const [found] = await cache.read([key])
  return found?.kind === 'found' ? Number(found.text.split(' ').at(-1)) : undefined
}
