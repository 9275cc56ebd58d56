import { CacheConfigError, WriteBehindError } from '@cachesmith/core'
import type { DeadWrite, LoggedWrite, WriteLog } from '@cachesmith/core'
import { writesOf } from './batch-text.js'
import { Commit } from './commit.js'
import type { Connection } from './connection.js'
import { codeOf, reasonOf } from './driver.js'
import type { Parameters, Row } from './driver.js'
import { openFile } from './file-format.js'
import { Lifetime } from './lifetime.js'
import { Ownership } from './ownership.js'
import type { PendingIndex } from './pending-index.js'
import { readAll } from './read-all.js'
import * as sql from './write-log-schema.js'
import { restored, stored } from './text.js'
import { Together } from './together.js'

/** How a SQLite write log is kept. */
export interface SqliteWriteLogOptions {
  /**
   * What an acknowledged write survives. 'full': loss of power, for every commit waits for the disk. 'normal': the end
   * of the process, however sudden; a loss of power may take the last moments.
   * @default 'full'
   */
  readonly durability?: 'full' | 'normal'
  /** How long a verb waits for another process's lock, ms. @default 150 */
  readonly patience?: number
  /** Bound on the file, bytes. At the bound appends are rejected until writes are done. @default none */
  readonly maxBytes?: number
}

/** A write log in a SQLite file of its own. Whatever is asked of it in one moment shares one commit. */
export function sqliteWriteLog(path: string, options: SqliteWriteLogOptions = {}): WriteLog {
  const { durability = 'full', patience = 150, maxBytes } = options
  if (durability !== 'full' && durability !== 'normal') {
    throw new CacheConfigError(`sqliteWriteLog: durability is '${String(durability)}'; write 'full' or 'normal'.`)
  }
  const manners = { synchronous: durability === 'full' ? 'FULL' : 'NORMAL', patience, maxBytes, inspect: true } as const
  const file = new Lifetime(
    () => openFile(path, sql.writeLogFormat, manners),
    (what, cause) => new WriteBehindError(`The SQLite write log '${path}' ${what}${reasonOf(cause)}`, { cause }),
  )
  const owner = path === ':memory:' ? undefined : new Ownership(path, 10 * patience)
  return new SqliteWriteLog(path, file, owner)
}

/** What one verb adds to the commit that it shares. */
interface Verb {
  readonly kind: 'append' | 'mark'
  /** Of its texts and writes together, for the bound on a commit. */
  readonly size: number
  add(commit: Commit, db: Connection): void | Promise<void>
}

/** Bound on a commit, a write of 500 characters counted twice: its text is made on the event loop, and its callers wake together. */
const mostInCommit = 550

class SqliteWriteLog implements WriteLog {
  readonly name = 'sqlite'
  readonly durable: boolean
  readonly #file: Lifetime
  /** Answers why its commit failed, if it did. */
  readonly #commits: Together<Connection, Verb, unknown>
  #reading: Promise<ReturnType<typeof readAll>> | undefined
  #index: PendingIndex | undefined

  constructor(
    private readonly path: string,
    file: Lifetime,
    private readonly owner: Ownership | undefined,
  ) {
    this.#file = file
    this.durable = owner !== undefined
    this.#commits = new Together(
      (db, verbs) => this.#commit(db, verbs),
      mostInCommit,
      ({ size }) => size,
    )
  }

  open(): Promise<void> {
    return this.#file.open()
  }

  async own(): Promise<void> {
    if (await (this.owner?.take() ?? true)) return
    throw new WriteBehindError(
      `The SQLite write log '${this.path}' is drained by another process or manager, and both would run its writes. ` +
        'Wait for its end, or give each process a log of its own.',
    )
  }

  async append(writes: readonly LoggedWrite[]): Promise<void> {
    if (writes.length === 0) return
    let size = 0
    for (const { key, payload } of writes) size += 1 + (key.length + payload.length) / 500
    await this.#ask({ kind: 'append', size, add: (commit) => commit.append(writes) })
  }

  async pending(): Promise<readonly LoggedWrite[]> {
    return this.#file.use(async (db) => {
      if (this.#index === undefined) return (await this.#read(db)).writes
      return this.#asRead(await db.read(sql.all)).writes
    })
  }

  async claim(group: string, claimed: readonly string[]): Promise<void> {
    if (claimed.length === 0) return
    await this.#ask({ kind: 'mark', size: claimed.length, add: (commit) => commit.claim(group, claimed) })
  }

  async done(finished: readonly string[]): Promise<void> {
    if (finished.length === 0) return
    await this.#ask({ kind: 'mark', size: finished.length, add: (commit) => commit.end(finished) })
  }

  async bury(given: readonly string[], reason: string, diedAt: number): Promise<void> {
    if (given.length === 0) return
    const wanted = new Set(given)
    const add = async (commit: Commit, db: Connection) => {
      const writes = await this.#writesOf(db, wanted)
      commit.bury(writes.map((write) => ({ ...write, reason, diedAt })))
    }
    await this.#ask({ kind: 'mark', size: given.length, add })
  }

  async dead(cache: string): Promise<readonly DeadWrite[]> {
    const rows = await this.#file.use((db) => db.read(sql.dead, { $cache: stored(cache) }))
    return rows.flatMap((row) => {
      const [write] = writesOf(String(row.write))
      return write ? [{ ...write, diedAt: Number(row.died_at), reason: restored(String(row.reason)) }] : []
    })
  }

  async revive(id: string): Promise<LoggedWrite | undefined> {
    let revived: LoggedWrite | undefined
    const add = async (commit: Commit, db: Connection) => {
      const [row] = await db.read(sql.grave, { $id: stored(id) })
      const [found] = row ? writesOf(String(row.write)) : []
      if (!found) return
      const { group: _group, ...write } = found
      revived = { ...write, attempts: 0 }
      commit.revive(revived)
    }
    await this.#ask({ kind: 'append', size: 1, add })
    return revived
  }

  async discard(id: string): Promise<boolean> {
    return (await this.#file.use((db) => db.write(sql.discard, { $id: stored(id) }))).length > 0
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.owner?.give()
  }

  #ask(verb: Verb): Promise<void> {
    return this.#file.use(async (db) => {
      const failure = await this.#commits.ask(db, verb)
      if (failure !== undefined) throw failure
    })
  }

  /** All verbs of a moment share a commit; where there is no room for it, marks go without appends, for they make some. */
  async #commit(db: Connection, verbs: readonly Verb[]): Promise<unknown[]> {
    const failure = await this.#try(db, verbs)
    const [appends, marks] = (['append', 'mark'] as const).map((kind) => verbs.filter((verb) => verb.kind === kind))
    const locked = codeOf(failure) === 'SQLITE_BUSY' || codeOf(failure) === 'SQLITE_LOCKED'
    if (failure === undefined || locked || !appends?.length || !marks?.length) return verbs.map(() => failure)
    const ends = { mark: await this.#try(db, marks), append: await this.#try(db, appends) }
    return verbs.map(({ kind }) => ends[kind])
  }

  async #try(db: Connection, verbs: readonly Verb[]): Promise<unknown> {
    const index = this.#index ?? (await this.#read(db)).index
    const commit = new Commit(index)
    let parameters: Parameters | undefined
    try {
      for (const verb of verbs) {
        const added = verb.add(commit, db)
        if (added) await added
      }
      parameters = commit.parameters()
      if (parameters) await db.write(sql.step, parameters)
    } catch (error) {
      if (!parameters || !(await this.#landed(db, parameters, error))) {
        commit.undone()
        return error
      }
    }
    commit.taken()
    return undefined
  }

  /** Whether a commit that failed is in the file all the same. Where that cannot be known, the file is read anew. */
  async #landed(db: Connection, parameters: Parameters, error: unknown): Promise<boolean> {
    if (codeOf(error) === 'SQLITE_BUSY' || parameters.$writes === null) return false
    try {
      return (await db.read(sql.landed, parameters)).length > 0
    } catch {
      this.#index = this.#reading = undefined
      return false
    }
  }

  /** Reads the file's pending writes for the first time. */
  #read(db: Connection) {
    this.#reading ??= db
      .read(sql.all)
      .then((rows) => {
        const found = this.#asRead(rows)
        this.#index = found.index
        return found
      })
      .catch((error: unknown) => {
        this.#reading = undefined
        throw error
      })
    return this.#reading
  }

  #asRead(rows: readonly Row[]) {
    try {
      return readAll(rows)
    } catch (cause) {
      const { holds, remedy } = sql.writeLogFormat
      throw new CacheConfigError(`The SQLite ${holds} '${this.path}' is damaged${reasonOf(cause)}. ${remedy}`, {
        cause,
      })
    }
  }

  /** Pending writes as the file has them, by their ids. */
  async #writesOf(db: Connection, wanted: ReadonlySet<string>): Promise<readonly LoggedWrite[]> {
    const index = this.#index
    const spots = [...wanted].flatMap((id) => index?.find(id) ?? [])
    const $batches = JSON.stringify([...new Set(spots.map(({ batch }) => batch.seq))])
    const $claims = JSON.stringify([
      ...new Set(spots.flatMap(({ batch, place }) => batch.begun(place).claim?.seq ?? [])),
    ])
    const { writes } = this.#asRead(await db.read(sql.some, { $batches, $claims }))
    return writes.filter(({ id }) => wanted.has(id) && index?.find(id))
  }
}
