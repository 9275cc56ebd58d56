import type { KeyvStoreAdapter } from 'keyv'
import { keyvStore } from '#core/store/keyv.js'
import type { Invalidations, StoreCache } from '#core/store/store.js'
import { Schedule, seeded } from './schedule.js'
import { type Faults, ScheduledAdapter } from './scheduled-adapter.js'

/** What the database holds: the row of the key, and what its tag stands for: a hard part, and one that may be stale. */
interface Row {
  readonly row: number
  readonly team: number
  readonly mood: number
}

/** What happens in a world: anything, or mostly puts and tags that meet. */
export type Plot = 'anything' | 'puts'

const keys = ['a', 'b']
const tag = 'team'

/** Two processes, one store, one database; a read must never answer less than what was acknowledged before it began. */
export class World {
  readonly #schedule: Schedule
  readonly #processes: readonly StoreCache[]
  readonly #rows: Record<string, number> = { a: 0, b: 0 }
  readonly #acknowledged: Record<string, number> = { a: 0, b: 0 }
  #team = 0
  #acknowledgedTeam = 0
  #mood = 0
  #acknowledgedMood = 0
  readonly #plot: Plot
  /** Where keys are lost, an `expireTags` may be: it is a hint. */
  readonly #keepsHints: boolean
  hits = 0
  /** Hits that a soft token made stale. */
  expired = 0

  constructor(seed: number, faults: Faults, frozen?: RegExp, plot: Plot = 'anything') {
    this.#plot = plot
    this.#keepsHints = faults.loses === 0
    this.#schedule = new Schedule(seeded(seed))
    const adapter = new ScheduledAdapter(this.#schedule, faults, frozen) as unknown as KeyvStoreAdapter
    const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: () => 0 }
    this.#processes = [0, 1].map(() => keyvStore(adapter).cache(scope))
  }

  async run(): Promise<void> {
    const { below } = this
    const tags = [() => this.#put({ keys: [], tags: [tag], all: false }), () => this.#evictTag()]
    const all = [() => this.#put({ keys: [], tags: [], all: true }), () => this.#clear()]
    const anything = [
      ...tags,
      ...all,
      ...Array.from({ length: 6 }, () => () => this.#load()),
      () => this.#expireTag(),
      () => this.#evict(),
      () => this.#put(),
      () => this.#put({ keys, tags: [], all: false }),
      () => this.#expire(),
    ]
    const meeting = [tags, all, [...tags, ...all, () => this.#expireTag()]]
    const deeds = this.#plot === 'puts' ? (meeting[below(3)] as typeof tags) : anything
    // In half of the worlds there is something to begin with.
    if (below(2) === 0) {
      this.#schedule.start(() => this.#load())
      await this.#schedule.run()
    }
    for (let left = 3 + below(4); left > 0; left--)
      this.#schedule.start(deeds[below(deeds.length)] as () => Promise<void>)
    await this.#schedule.run()
    for (const key of keys) this.#schedule.start(() => this.#read(this.#processes[0] as StoreCache, key).then(() => {}))
    await this.#schedule.run()
  }

  readonly below = (most: number): number => this.#schedule.below(most)
  #process(): StoreCache {
    return this.#processes[this.below(2)] as StoreCache
  }
  #key(): string {
    return keys[this.below(4) === 0 ? 1 : 0] as string
  }

  #row(key: string): Row {
    return { row: this.#rows[key] as number, team: this.#team, mood: this.#mood }
  }

  async #query(key: string): Promise<Row> {
    await this.#schedule.point()
    const row = this.#row(key)
    await this.#schedule.point()
    return row
  }

  async #read(process: StoreCache, key: string): Promise<boolean> {
    const { [key]: leastRow = 0 } = this.#acknowledged
    const least = { row: leastRow, team: this.#acknowledgedTeam, mood: this.#acknowledgedMood }
    const found = (await process.read([key]).catch(() => []))[0]
    if (found?.kind !== 'found') return false
    this.hits++
    const row = JSON.parse(found.text) as Row
    const hint = found.expired || !this.#keepsHints
    if (found.expired) this.expired++
    if (row.row < least.row || row.team < least.team || (!hint && row.mood < least.mood))
      throw new Error(`stale: ${found.text} where ${JSON.stringify(least)} was acknowledged`)
    return true
  }

  async #load(): Promise<void> {
    const [process, key] = [this.#process(), this.#key()]
    if (await this.#read(process, key)) return
    const begun = await process.begin(key).catch(() => undefined)
    const row = await this.#query(key)
    if (begun?.kind === 'granted')
      await process.fill(begun.ticket, { text: JSON.stringify(row), tags: [tag], life: 60_000 }).catch(() => {})
    await this.#read(process, key)
  }

  async #write(key: string): Promise<number> {
    await this.#schedule.point()
    const row = (this.#rows[key] as number) + 1
    this.#rows[key] = row
    await this.#schedule.point()
    return row
  }

  /** An invalidation that failed is replayed until it is acknowledged. */
  async #replay(invalidate: () => Promise<void>): Promise<void> {
    while (
      !(await invalidate().then(
        () => true,
        () => false,
      ))
    );
  }

  #acknowledge(key: string, row: number): void {
    this.#acknowledged[key] = Math.max(this.#acknowledged[key] as number, row)
  }

  async #evict(): Promise<void> {
    const [process, key] = [this.#process(), this.#key()]
    const row = await this.#write(key)
    await this.#replay(() => process.evict([key]))
    this.#acknowledge(key, row)
    await this.#read(process, key)
  }

  async #evictTag(): Promise<void> {
    const process = this.#process()
    await this.#schedule.point()
    const team = ++this.#team
    await this.#replay(() => process.evictTags([tag]))
    this.#acknowledgedTeam = Math.max(this.#acknowledgedTeam, team)
  }

  /** Softly: what was loaded before may be served, and is known for stale. */
  async #expireTag(): Promise<void> {
    const process = this.#process()
    await this.#schedule.point()
    const mood = ++this.#mood
    await this.#replay(() => process.expireTags([tag]))
    this.#acknowledgedMood = Math.max(this.#acknowledgedMood, mood)
  }

  /** The method changes all that its own invalidations speak of. Other keys are those of the database's other rows. */
  async #put(own?: Invalidations): Promise<void> {
    const [process, key] = [this.#process(), this.#key()]
    const ticket = await process.beginPut(key).catch(() => undefined)
    const row = await this.#write(key)
    const others = await Promise.all((own?.keys ?? []).filter((other) => other !== key).map(this.#changed))
    const team = own?.tags.length || own?.all ? ++this.#team : 0
    const text = JSON.stringify({ ...this.#row(key), row })
    const put = ticket && (await process.put(ticket, { text, tags: [tag], life: 60_000 }, own).catch(() => undefined))
    if (put === undefined) await this.#replay(() => this.#invalidate(process, key, own))
    this.#acknowledge(key, row)
    for (const [other, written] of others) this.#acknowledge(other, written)
    this.#acknowledgedTeam = Math.max(this.#acknowledgedTeam, team)
  }

  readonly #changed = async (key: string) => [key, await this.#write(key)] as const

  async #invalidate(process: StoreCache, key: string, own?: Invalidations): Promise<void> {
    await process.evict([key, ...(own?.keys ?? [])])
    if (own) await process.evictTags(own.tags)
    if (own?.all) await process.clear()
  }

  async #clear(): Promise<void> {
    const process = this.#process()
    const row = await this.#write('a')
    await this.#replay(() => process.clear())
    this.#acknowledge('a', row)
  }

  async #expire(): Promise<void> {
    await this.#process()
      .expire([this.#key()], (text) => text)
      .catch(() => {})
  }
}
