import type { Schedule } from './schedule.js'

export const keys = ['a', 'b'] as const
export type Key = (typeof keys)[number]
export const teams = [0, 1] as const

/** What a query answers: how often its row was written, of which team it is, and how often that team was written. */
export interface Row {
  readonly key: Key
  readonly row: number
  readonly of: number
  readonly team: number
}

/** The state of the whole database: of rows a and b, then of teams 0 and 1, how often each was written. */
export type Versions = readonly [number, number, number, number]

export const rowAt = (key: Key): number => (key === 'a' ? 0 : 1)
export const teamAt = (team: number): number => 2 + team

/** A database outage, as a loader sees it. */
export class QueryFailed extends Error {}

/** Two rows of two teams. Each query and each write is two points: before it takes effect, and before its answer arrives. */
export class Database {
  readonly #versions: [number, number, number, number] = [0, 0, 0, 0]
  readonly #of: [number, number] = [0, 0]

  constructor(
    private readonly schedule: Schedule,
    private readonly fails: number,
  ) {}

  get versions(): Versions {
    return [...this.#versions]
  }

  async query(who: string, key: Key): Promise<Row> {
    await this.schedule.point(who, `the database reads ${key}`)
    if (!this.schedule.straight && this.schedule.chance(this.fails)) throw new QueryFailed()
    const row = this.#row(key)
    await this.schedule.point(who, `is answered ${textOf(row)}`)
    return row
  }

  /** Writes a row and, where told, its team; `moving` gives the row to the other team. */
  async write(who: string, key: Key, also?: 'team' | 'moving'): Promise<Row> {
    await this.schedule.point(who, `the database writes ${key}${also === undefined ? '' : ` (${also})`}`)
    const at = rowAt(key) as 0 | 1
    this.#versions[at]++
    if (also === 'moving') this.#of[at] = 1 - this.#of[at]
    if (also === 'team') this.#versions[teamAt(this.#of[at]) as 2 | 3]++
    const row = this.#row(key)
    await this.schedule.point(who, `is told that it wrote ${textOf(row)}`)
    return row
  }

  async writeTeam(who: string, team: number): Promise<void> {
    await this.schedule.point(who, `the database writes team ${team}`)
    const version = ++this.#versions[teamAt(team) as 2 | 3]
    await this.schedule.point(who, `is told that it wrote team ${team}.${version}`)
  }

  #row(key: Key): Row {
    const at = rowAt(key) as 0 | 1
    const of = this.#of[at]
    return { key, row: this.#versions[at], of, team: this.#versions[teamAt(of) as 2 | 3] }
  }
}

export const textOf = ({ key, row, of, team }: Row): string => `${key}.${row} of team ${of}.${team}`
