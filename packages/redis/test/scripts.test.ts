import type { Found, Invalidations, Store, StoreCache, Ticket } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { chance } from './chance.js'
import { Reference, type RefTicket, World } from './reference.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { scope } from './support.js'

const shown = (found: Found | undefined): string => {
  if (found?.kind === 'found') return `found ${found.text}${found.expired ? ' expired' : ''}`
  return found?.why === 'tagged' || found?.why === 'outdated' ? 'void' : 'none'
}

interface Process {
  readonly cache: StoreCache
  readonly reference: Reference
}
interface Held {
  readonly process: Process
  readonly ticket: Ticket
  readonly twin: RefTicket
}

/** The same random verbs on Redis and on the reference, with keys that vanish in between; each answer is compared. */
class Walk {
  readonly #world = new World()
  readonly #processes: Process[]
  readonly #ids = new Map<number, string>()
  #held: Held[] = []
  #count = 0

  constructor(
    store: Store,
    readonly name: string,
    readonly admin: Admin,
    readonly below: (n: number) => number,
  ) {
    this.#processes = [1, 1, 2].map((version) => ({
      cache: store.cache({ ...scope, cache: name, version, longestLife: 3_600_000, leaseTime: 3_600_000 }),
      reference: new Reference(this.#world, version),
    }))
  }

  async step(): Promise<string> {
    const process = this.#pick(this.#processes)
    const key = this.#pick(['a', 'b'])
    const verbs: (() => Promise<[did: string, real: unknown, expected: unknown]>)[] = [
      () => this.#read(process, key),
      () => this.#read(process, key, this.below(4)),
      () => this.#begin(process, key),
      () => this.#begin(process, key),
      () => this.#begin(process, key),
      () => this.#fill(),
      () => this.#fill(),
      () => this.#fill(),
      () => this.#hold(),
      () => this.#beginPut(process, key),
      () => this.#put(),
      () => this.#put(),
      () => this.#invalidate(process, key),
      () => this.#lose(),
    ]
    const [did, real, expected] = await this.#pick(verbs)()
    assert.deepEqual(real, expected, did)
    return did
  }

  /** What every process finds under each key. Not after each step: what a process has not seen is tried as well. */
  async compare(did: string): Promise<void> {
    for (const { cache, reference } of this.#processes) {
      const real = (await cache.read(['a', 'b'])).map(shown)
      assert.deepEqual(real, [reference.read('a'), reference.read('b')], `after ${did}`)
    }
  }

  #pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T
  }
  #tags(): string[] {
    return ['x', 'y'].filter(() => this.below(2) === 0)
  }
  #text(): string {
    return `text ${++this.#count}`
  }

  async #read({ cache, reference }: Process, key: string, generation?: number): Promise<[string, unknown, unknown]> {
    const [found] = generation === undefined ? await cache.read([key]) : await cache.readAt(generation, [key])
    return [`read ${key} at ${generation}`, shown(found), reference.read(key, generation)]
  }

  async #begin(process: Process, key: string): Promise<[string, unknown, unknown]> {
    const [found] = this.below(2) === 0 ? await process.cache.read([key]) : []
    const replaces = found?.kind === 'found' ? found.id : undefined
    const twin = [...this.#ids].find(([, id]) => id === replaces)?.[0]
    const begun = await process.cache.begin(key, replaces)
    const expected = process.reference.begin(key, twin)
    if (begun.kind === 'granted' && expected.ticket) this.#take(process, begun.ticket, expected.ticket)
    return [`begin ${key} for ${replaces}`, begun.kind, expected.kind]
  }

  async #beginPut(process: Process, key: string): Promise<[string, unknown, unknown]> {
    this.#take(process, await process.cache.beginPut(key), process.reference.beginPut(key))
    return [`beginPut ${key}`, 0, 0]
  }

  async #fill(): Promise<[string, unknown, unknown]> {
    const held = this.#drop()
    if (!held) return ['nothing', 0, 0]
    const [text, tags] = [this.#text(), this.#tags()]
    const filled = await held.process.cache.fill(held.ticket, { text, tags, life: 3_600_000 })
    const real = filled.kind === 'stored' ? 'stored' : filled.why
    return [`fill ${held.ticket.key} with ${tags}`, real, held.process.reference.fill(held.twin, text, tags)]
  }

  async #put(): Promise<[string, unknown, unknown]> {
    const held = this.#drop()
    if (!held) return ['nothing', 0, 0]
    const [text, tags] = [this.#text(), this.#tags()]
    const own: Invalidations = {
      keys: this.below(3) === 0 ? [this.#pick(['a', 'b'])] : [],
      tags: this.below(2) === 0 ? this.#tags() : [],
      all: this.below(8) === 0,
    }
    const real = await held.process.cache.put(held.ticket, { text, tags, life: 3_600_000 }, own)
    const did = `put ${held.ticket.key} with ${tags} and ${JSON.stringify(own)}`
    return [did, real, held.process.reference.put(held.twin, text, tags, own)]
  }

  async #hold(): Promise<[string, unknown, unknown]> {
    const held = this.#held[this.below(this.#held.length || 1)]
    if (!held) return ['nothing', 0, 0]
    if (this.below(2) === 0)
      return ['renew', await held.process.cache.renew(held.ticket), held.process.reference.hold(held.twin, true)]
    await held.process.cache.release(held.ticket)
    held.process.reference.hold(held.twin, false)
    return ['release', 0, 0]
  }

  async #invalidate({ cache, reference }: Process, key: string): Promise<[string, unknown, unknown]> {
    const tags = [this.#pick(['x', 'y'])]
    const stale = (text: string) => (text.length % 2 === 0 ? `${text} stale` : undefined)
    switch (this.below(8)) {
      case 0:
      case 1:
        await cache.evict([key])
        reference.evict([key])
        return [`evict ${key}`, 0, 0]
      case 2:
        await cache.expire([key], stale)
        reference.expire([key], stale)
        return [`expire ${key}`, 0, 0]
      case 3:
        await cache.clear()
        reference.clear()
        return ['clear', 0, 0]
      case 4:
        return ['bump', await cache.bumpVersion(), reference.bump()]
      case 5:
        await cache.expireTags(tags)
        reference.tags(tags, true)
        return [`expireTags ${tags}`, 0, 0]
      default:
        await cache.evictTags(tags)
        reference.tags(tags, false)
        return [`evictTags ${tags}`, 0, 0]
    }
  }

  /** C6: Redis forgets any key, as it may under memory pressure. */
  async #lose(): Promise<[string, unknown, unknown]> {
    const place = `v${this.#pick([1, 2])}.${this.below(3)}:${this.#pick(['a', 'b'])}`
    const tag = this.#pick(['x', 'y'])
    const losses: [string, () => unknown][] = [
      [`:${place}`, () => this.#world.entries.delete(place)],
      [`?${place}`, () => this.#world.leases.delete(place)],
      [`#${tag}`, () => this.#world.records.delete(tag)],
      ['!', () => (this.#world.control = undefined)],
    ]
    const [suffix, forget] = losses[this.below(this.below(3) === 0 ? 4 : 3)] as (typeof losses)[number]
    await this.admin.send('DEL', `{n:${this.name}}${suffix}`)
    forget()
    return [`lose ${suffix}`, 0, 0]
  }

  #take(process: Process, ticket: Ticket, twin: RefTicket): void {
    this.#held.push({ process, ticket, twin })
    if (this.#held.length > 6) this.#held.shift()
    this.#ids.set(twin.id, (ticket as unknown as { token: string }).token)
  }

  #drop(): Held | undefined {
    const [held] = this.#held.splice(this.below(this.#held.length || 1), 1)
    return held
  }
}

describe('the scripts of Redis', () => {
  let server: TestRedis
  let store: Store
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    store = redisStore(server.url)
    await store.open()
  })
  after(async () => {
    await store?.close()
    admin?.end()
    await server?.stop()
  })

  const operations = Number(process.env.CACHESMITH_OPERATIONS ?? 2_000)
  it(`C2 C4 C5 C6 C24 answer like the reference over ${operations} random verbs`, async function () {
    this.timeout(Math.max(20_000, operations * 10))
    const first = Number(process.env.CACHESMITH_SEED ?? Date.now() % 1_000_000)
    const each = 100
    for (let walk = 0; walk * each < operations; walk++) {
      const seed = first + walk
      const path: string[] = []
      const one = new Walk(store, `walk ${seed}`.replaceAll(' ', '-'), admin, chance(seed))
      try {
        for (let step = 0; step < each; step++) {
          path.push(await one.step())
          if (one.below(3) === 0) await one.compare(path.at(-1) as string)
        }
      } catch (error) {
        throw new Error(`CACHESMITH_SEED=${seed}: ${(error as Error).message}\n${path.slice(-12).join('\n')}`, {
          cause: error,
        })
      }
    }
  })
})
