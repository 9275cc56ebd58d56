import { type Acknowledged, type Deed, judge, type Scope } from './acknowledged.js'
import type { Cached, Caller, Door } from './cached.js'
import {
  type Database,
  type Key,
  QueryFailed,
  type Row,
  rowAt,
  teamAt,
  teams,
  textOf,
  type Versions,
} from './database.js'
import type { Schedule } from './schedule.js'

/** What the actors of a trial have in common. */
export interface Stage {
  readonly schedule: Schedule
  readonly database: Database
  readonly acknowledged: Acknowledged
}

/** One line of calls in one process: does one thing after the other, and judges each answer. */
export class Actor implements Caller {
  #deeds: Deed[] = []

  constructor(
    readonly who: string,
    private readonly process: number,
    private readonly cached: Cached,
    private readonly stage: Stage,
    private readonly doors: readonly Door[],
    /** Whether the process has a memory, which may be a second behind the others. */
    private readonly memory: boolean,
  ) {}

  /** Does something, chosen by the seed. */
  async act(): Promise<void> {
    const { schedule } = this.stage
    const { who, cached } = this
    const key = schedule.chance(0.15) ? 'b' : 'a'
    const team = schedule.chance(0.2) ? 1 : 0
    const door = schedule.oneOf(this.doors)
    switch (schedule.oneOf(deeds)) {
      case 'find':
        return this.find(key)
      case 'get':
        return this.get(key)
      case 'save':
        return this.#do(`saves ${key} (${door})`, () => cached.save(this, door, key))
      case 'remove':
        return this.#do(`removes ${key} (${door})`, () => cached.remove(this, door, key))
      case 'rename':
        return this.#do(`renames ${key} (${door})`, () => cached.rename(this, door, key))
      case 'touch':
        return this.#do(`touches team ${team} (${door})`, () => cached.touch(this, door, team))
      case 'wipe':
        return this.#do(`wipes (${door})`, () => cached.wipe(this, door, key))
      case 'bump':
        return this.#do('bumps the version', () => cached.bumpVersion(this, key))
      case 'expire':
        schedule.note(who, `expires ${key}`)
        return cached.expire(key)
    }
  }

  /** Reads through; `least` is what it must not be older than. */
  async find(key: Key, least = this.#least(this.cached.underWay === 0)): Promise<void> {
    const door = this.stage.schedule.oneOf(this.doors)
    await this.#judged(`finds ${key} (${door})`, least, () => this.cached.find(this, door, key))
  }

  async get(key: Key, least = this.#least(true)): Promise<void> {
    await this.#judged(`gets ${key}`, least, () => this.cached.get(key))
  }

  /** Others' deeds bind at once who has no memory, and joins no load that began before them. */
  #least(joinsNone: boolean): Versions {
    return this.stage.acknowledged.least(this.process, joinsNone && !this.memory)
  }

  query(key: Key): Promise<Row> {
    return this.stage.database.query(this.who, key)
  }
  async save(key: Key): Promise<Row> {
    const moving = this.stage.schedule.chance(0.1) ? 'moving' : undefined
    const row = await this.stage.database.write(this.who, key, moving)
    this.#did(key, at(rowAt(key), row.row))
    return row
  }
  async rename(key: Key): Promise<Row> {
    const row = await this.stage.database.write(this.who, key, 'team')
    this.#did(key, at(rowAt(key), row.row))
    this.#did(teams[row.of]!, at(teamAt(row.of), row.team))
    return row
  }
  async remove(key: Key): Promise<void> {
    await this.stage.database.write(this.who, key)
    this.#did(key)
  }
  async touch(team: number): Promise<void> {
    await this.stage.database.writeTeam(this.who, team)
    this.#did(teams[team]!)
  }
  async wipe(key: Key): Promise<void> {
    await this.stage.database.write(this.who, key, 'team')
    this.#did('all')
  }

  /** What is sent next covers all that was written before it; a put covers no more than what it puts. */
  #did(scope: Scope, least = this.stage.database.versions): void {
    this.#deeds.push(this.stage.acknowledged.deed(this.process, scope, least))
  }

  async #do(what: string, call: () => Promise<unknown>): Promise<void> {
    const { schedule, acknowledged } = this.stage
    schedule.note(this.who, what)
    this.#deeds = []
    if (await refused(call)) return schedule.note(this.who, 'is refused')
    for (const deed of this.#deeds) acknowledged.answered(deed)
    schedule.note(this.who, 'has it acknowledged')
  }

  async #judged(what: string, least: Versions, call: () => Promise<Row | undefined>): Promise<void> {
    const { schedule } = this.stage
    schedule.note(this.who, `${what}, where at least a.${least[0]} b.${least[1]} teams ${least[2]} ${least[3]}`)
    let row: Row | undefined
    if (await refused(async () => (row = await call()))) return schedule.note(this.who, 'is refused')
    schedule.note(this.who, `gets ${row === undefined ? 'nothing' : textOf(row)}`)
    if (row !== undefined) judge(this.who, row, least)
  }
}

const shares = { find: 10, get: 1, save: 3, remove: 3, rename: 2, touch: 3, wipe: 1, bump: 1, expire: 1 } as const
const deeds = Object.entries(shares).flatMap(([deed, share]) =>
  Array.from({ length: share }, () => deed as keyof typeof shares),
)

const at = (index: number, version: number): Versions => [0, 0, 0, 0].with(index, version) as unknown as Versions

/** True where a call fails as it may: the database was out, the load took too long, the store took no new version. */
async function refused(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return false
  } catch (error) {
    if (error instanceof QueryFailed) return true
    const code = (error as { code?: unknown } | undefined)?.code
    if (code === 'LOAD_TIMEOUT' || code === 'STORE') return true
    throw error
  }
}
