import { type Cache, keyvStore } from '@cachesmith/core'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

const seeds = 100
const keys = ['a', 'b', 'c']

/** The same numbers in [0, 1) for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One world of rows, readers and writers; `wrong` says what a reader got that it must not get. */
class World {
  readonly wrong: string[] = []
  readonly rows = new Map(keys.map((key) => [key, 0]))
  /** When a value was committed; one that never was is not here. */
  readonly #commits = new Map([[0, 0]])
  /** Of each key the newest commit whose writer has returned. */
  readonly #returned = new Map<string, number>()
  #values = 0
  #clock = 0

  constructor(
    readonly caches: ReturnType<typeof bench>['caches'],
    readonly users: Cache<number>,
    readonly random: () => number,
  ) {}

  pick = <T>(of: readonly T[]): T => of[Math.floor(this.random() * of.length)]!
  pause = async () => {
    for (let n = Math.floor(this.random() * 6); n > 0; n--) await Promise.resolve()
  }

  async read(): Promise<void> {
    const asked = this.random() < 0.5 ? [this.pick(keys)] : keys.filter(() => this.random() < 0.7)
    const floors = asked.map((key) => this.#returned.get(key) ?? 0)
    const away = this.random() < 0.3 ? new AbortController() : undefined
    const options = { tags: ['t'], ...(away && { signal: away.signal }) }
    const row = async (ids: string[]) => {
      const found = ids.map((id) => this.rows.get(id)!)
      await this.pause()
      return found
    }
    const [only] = asked
    const reading =
      asked.length === 1
        ? this.users.getOrLoad(only!, async () => (await row([only!]))[0]!, options).then((value) => [value])
        : this.users.getOrLoadMany(asked, (ids) => row(ids), options)
    if (away !== undefined) void this.pause().then(() => away.abort())
    const got = await reading.catch(() => [])
    got.forEach((value, place) => this.#check(asked[place]!, value!, floors[place]!))
  }

  #check(key: string, value: number, floor: number): void {
    const at = this.#commits.get(value)
    if (at === undefined) this.wrong.push(`${key}: ${value}, which was never committed`)
    else if (at < floor) this.wrong.push(`${key}: ${value} of commit ${at}, after ${floor} had returned`)
  }

  async write(): Promise<void> {
    const key = this.pick(keys)
    const value = ++this.#values
    const fails = this.random() < 0.3
    const how = this.pick(['put', 'evict', 'tag', 'clear', 'nested'] as const)
    let at = 0
    const change = async () => {
      if (how === 'put') await this.users.put(key, async () => this.pause().then(() => value), { tags: ['t'] })
      else if (how === 'tag') await this.users.evictTags(['t'])
      else if (how === 'clear') await this.users.clear()
      else await this.users.evict(key)
    }
    const work = async () => {
      await this.pause()
      await (how === 'nested' ? this.caches.transaction(change) : change())
      await this.pause()
      if (fails) throw new Error('rolled back')
      at = ++this.#clock
      this.#commits.set(value, at)
      this.rows.set(key, value)
    }
    if (
      !(await this.caches.transaction(work).then(
        () => true,
        () => false,
      ))
    )
      return
    this.#returned.set(key, Math.max(at, this.#returned.get(key) ?? 0))
  }

  async run(): Promise<void> {
    const all: Promise<void>[] = []
    for (let n = 0; n < 14; n++) {
      all.push(this.random() < 0.6 ? this.read() : this.write())
      if (this.random() < 0.6) await this.pause()
    }
    await Promise.all(all)
    await this.caches.flush()
    const kept = await this.users.getMany(keys)
    kept.forEach((value, place) => {
      const row = this.rows.get(keys[place]!)
      if (value !== undefined && value !== row) this.wrong.push(`${keys[place]}: ${value} is kept, the row is ${row}`)
    })
    expect(this.users.stats().hits + this.users.stats().misses + this.users.stats().stale).to.be.greaterThan(0)
  }
}

describe('readers, leavers, batches and transactions, interleaved by seed', () => {
  for (const store of ['memory', 'map'] as const)
    it(`nobody outside sees what is older than what has returned, or was never committed (${store})`, async function () {
      this.timeout(60_000)
      for (let seed = 1; seed <= (store === 'memory' ? seeds : seeds / 2); seed++) {
        const { caches } = bench({ users: { ttl: '1h', store: store === 'map' ? keyvStore(new Map()) : false } })
        const world = new World(caches, caches.cache<number>('users'), seeded(seed))
        await world.run()
        expect(world.wrong, `seed ${seed}`).to.deep.equal([])
      }
    })
})
