import { keyvStore } from '@cachesmith/core'
import { Acknowledged, ViolationError } from './acknowledged.js'
import { Actor, type Stage } from './actor.js'
import { SharedAdapter } from './adapter.js'
import { type Cached, type Counts, type Door, doors, undecorated } from './cached.js'
import { Database, keys, type Versions } from './database.js'
import { Engine, type Setup, ttl } from './engine.js'
import { LabClock } from './lab-clock.js'
import { Naive } from './naive.js'
import { Schedule, StuckError } from './schedule.js'
import { witnessed } from './witness.js'

/** memory: one process, memory only · keyv: two or three processes over one store of class C. */
export const worldNames = ['memory', 'keyv'] as const
export type WorldName = (typeof worldNames)[number]

/** What a trial counted. */
export interface Tally extends Counts {
  reads: number
  faults: number
}

/** What trials of a world are made of, besides their seed. */
export interface Make {
  readonly world: WorldName | undefined
  readonly naive: boolean
  /** What a store holds that has been used before. */
  readonly used: ReadonlyMap<string, string>
  readonly trace?: string[]
}

/** Everything of one trial, drawn from its seed: some processes, a database, a store, and actors who do what they like. */
export class World {
  readonly name: WorldName
  readonly #schedule: Schedule
  readonly #clock = new LabClock()
  readonly #stage: Stage
  readonly #store: Map<string, string>
  readonly #adapters: SharedAdapter[] = []
  readonly #processes: Cached[] = []
  readonly #withMemory: boolean[] = []
  /** A look does not see what may be served stale; a read does. */
  readonly #staleFor: number | undefined
  readonly #doors: readonly Door[]
  #actors = 0

  constructor(seed: number, make: Make) {
    const schedule = new Schedule(seed, make.trace)
    this.#schedule = schedule
    const drawn = schedule.chance(shareOfKeyv) ? 'keyv' : 'memory'
    this.name = make.world ?? drawn
    const shared = this.name === 'keyv'
    const count = shared ? 2 + schedule.below(2) : 1
    const faulty = schedule.chance(0.3)
    const database = new Database(schedule, faulty ? 0.05 : 0)
    const acknowledged = new Acknowledged(count, () => this.#clock.monotonic())
    this.#stage = { schedule, database, acknowledged }
    this.#store = new Map(schedule.chance(0.95) && shared ? make.used : [])
    const setup = {
      staleFor: schedule.oneOf([undefined, 20_000]),
      loadTimeout: schedule.chance(0.1) ? 2_000 : undefined,
      budget: faulty ? 200 : 3_600_000,
    }
    const faults = faulty && shared ? { fails: 0.04, loses: 0.02 } : { fails: 0, loses: 0 }
    this.#staleFor = setup.staleFor
    this.#doors = schedule.chance(0.5) ? doors : undecorated
    const split = schedule.chance(0.3)
    for (let process = 0; process < count; process++) {
      const memory = !shared || schedule.chance(0.7)
      this.#withMemory.push(memory)
      const adapter = shared && new SharedAdapter(this.#store, schedule, `process ${process}`, faults, split)
      if (adapter) this.#adapters.push(adapter)
      const store = adapter && witnessed(keyvStore(adapter.asKeyv, { name: 'lab' }), process, acknowledged)
      this.#processes.push(make.naive ? new Naive() : this.#engine(`process ${process}`, { ...setup, memory, store }))
    }
  }

  /** Runs the trial: throws what must never be. */
  async run(): Promise<void> {
    const schedule = this.#schedule
    if (schedule.chance(0.5)) await this.#straight(() => this.#each(this.#remembering, 'warms', (a) => a.find('a')))
    for (let left = 2 + schedule.below(3); left > 0; left--) {
      const actor = this.#actor(schedule.below(this.#processes.length))
      const calls = 1 + schedule.below(3)
      schedule.start(actor.who, async () => {
        for (let call = 0; call < calls; call++) await actor.act()
      })
    }
    schedule.start('the clock', () => this.#passTime(schedule.below(4)))
    await schedule.run(() => this.#clock.next())
    await this.#settle()
  }

  tally(): Tally {
    const total: Tally = { reads: 0, faults: 0, ...none }
    for (const { counts } of this.#processes)
      for (const name of Object.keys(none) as (keyof Counts)[]) total[name] += counts[name]
    for (const { faults } of this.#adapters) total.faults += faults
    total.reads = total.hits + total.stale + total.misses
    return total
  }

  /** Once all is quiet: what is owed is paid, nothing is under way, and neither a cache nor the store holds anything stale. */
  async #settle(): Promise<void> {
    for (let round = 0; round < 5 && this.#processes.some((process) => process.owes); round++) {
      this.#clock.go(6_000)
      await this.#straight(() => {
        for (const process of this.#processes) this.#schedule.start('pays what it owes', () => process.visit())
      })
    }
    this.#clock.go(1_001)
    for (const [at, process] of this.#processes.entries())
      if (process.owes) throw new ViolationError(`process ${at} still owes an invalidation`)
    const least = this.#stage.acknowledged.all()
    await this.#straight(() => this.#each(this.#looking(), 'looks at the end', (actor) => this.#look(actor, least)))
    for (const [at, { underWay }] of this.#processes.entries())
      if (underWay > 0) throw new ViolationError(`process ${at} has ${underWay} loads or writes left under way`)
  }

  async #look(actor: Actor, least: Versions): Promise<void> {
    for (const key of keys) {
      if (this.#staleFor === undefined) await actor.get(key, least)
      else await actor.find(key, least)
    }
  }

  /** Those that hold anything of their own, and one that has nothing but the store: where there is none, one that joins now. */
  #looking(): readonly number[] {
    if (this.name === 'memory') return this.#remembering
    let bare = this.#withMemory.indexOf(false)
    if (bare < 0) {
      const adapter = new SharedAdapter(this.#store, this.#schedule, 'the newcomer', { fails: 0, loses: 0 }, false)
      const store = keyvStore(adapter.asKeyv, { name: 'lab' })
      const setup = { store, memory: false, staleFor: this.#staleFor, loadTimeout: undefined, budget: 200 }
      bare = this.#processes.push(this.#engine('the newcomer', setup)) - 1
      this.#withMemory.push(false)
    }
    return [...this.#remembering, bare]
  }

  get #remembering(): readonly number[] {
    return [...this.#withMemory.keys()].filter((at) => this.#withMemory[at])
  }

  #engine(who: string, setup: Setup): Engine {
    return new Engine(this.#clock, (key) => this.#stage.database.query(who, key), setup)
  }

  #actor(process: number, who = `actor ${++this.#actors} in process ${process}`): Actor {
    return new Actor(
      who,
      process,
      this.#processes[process]!,
      this.#stage,
      this.#doors,
      this.#withMemory[process] === true,
    )
  }

  #each(processes: readonly number[], what: string, act: (actor: Actor) => Promise<void>): void {
    for (const process of processes) {
      const actor = this.#actor(process, `process ${process} ${what}`)
      this.#schedule.start(actor.who, () => act(actor))
    }
  }

  /** Runs what is started without stops in between. */
  async #straight(start: () => void): Promise<void> {
    this.#schedule.straight = true
    start()
    await this.#schedule.run(() => this.#clock.next())
    this.#schedule.straight = false
  }

  async #passTime(times: number): Promise<void> {
    const schedule = this.#schedule
    for (let left = times; left > 0; left--) {
      for (let wait = schedule.below(8); wait >= 0; wait--) await schedule.point('the clock', 'waits')
      const ms = schedule.oneOf([100, 400, 1_100, ttl + 1_000])
      schedule.note('the clock', `moves by ${ms} ms`)
      this.#clock.go(ms)
    }
  }
}

const shareOfKeyv = 0.1
const none: Counts = { hits: 0, stale: 0, misses: 0, loads: 0, joined: 0, refused: 0, invalidations: 0, puts: 0 }

export const isViolation = (error: unknown): error is Error =>
  error instanceof ViolationError || error instanceof StuckError
