import type { Key, Row } from './database.js'

/** By which of the doors a call comes: a decorated method, a wrapped function, or the cache itself. */
export const doors = ['decorated', 'wrapped', 'cache'] as const
export type Door = (typeof doors)[number]
export const undecorated: readonly Door[] = ['wrapped', 'cache']

/** What a process did in a trial. */
export interface Counts {
  hits: number
  stale: number
  misses: number
  loads: number
  joined: number
  refused: number
  invalidations: number
  puts: number
}

/** Who calls: asks and writes the database, and notes what was written. */
export interface Caller {
  query(key: Key): Promise<Row>
  save(key: Key): Promise<Row>
  remove(key: Key): Promise<void>
  rename(key: Key): Promise<Row>
  touch(team: number): Promise<void>
  wipe(key: Key): Promise<void>
}

/** One process and its cache of the database's rows. */
export interface Cached {
  /** Reads through: loads where there is nothing. */
  find(by: Caller, door: Door, key: Key): Promise<Row>
  /** Looks without loading. */
  get(key: Key): Promise<Row | undefined>
  /** Writes a row and puts it. */
  save(by: Caller, door: Door, key: Key): Promise<unknown>
  /** Writes a row and evicts it. */
  remove(by: Caller, door: Door, key: Key): Promise<unknown>
  /** Writes a row and its team, evicts the team's tag and puts the row. */
  rename(by: Caller, door: Door, key: Key): Promise<unknown>
  /** Writes a team and evicts its tag. */
  touch(by: Caller, door: Door, team: number): Promise<unknown>
  /** Writes a row and clears the cache. */
  wipe(by: Caller, door: Door, key: Key): Promise<unknown>
  expire(key: Key): Promise<void>
  bumpVersion(by: Caller, key: Key): Promise<unknown>
  /** Asks for what is nowhere: goes to the store, and pays what it owes. */
  visit(): Promise<void>
  /** Loads and writes that are under way. */
  readonly underWay: number
  /** Invalidations that a store has not acknowledged. */
  readonly owes: boolean
  readonly counts: Counts
}
