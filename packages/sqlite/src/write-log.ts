import { CacheConfigError, WriteBehindError } from '@cachesmith/core'
import type { DeadWrite, LoggedWrite, WriteLog } from '@cachesmith/core'
import { writesOf } from './batch-text.js'
import type { Commit } from './commit.js'
import { Commits, type Verb } from './commits.js'
import type { Connection } from './connection.js'
import { reasonOf } from './driver.js'
import { openFile } from './file-format.js'
import { Lifetime } from './lifetime.js'
import { Ownership } from './ownership.js'
import * as sql from './write-log-schema.js'
import { restored, stored } from './text.js'

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

class SqliteWriteLog implements WriteLog {
  readonly name = 'sqlite'
  readonly durable: boolean
  readonly #file: Lifetime
  readonly #commits: Commits

  constructor(
    private readonly path: string,
    file: Lifetime,
    private readonly owner: Ownership | undefined,
  ) {
    this.#file = file
    this.durable = owner !== undefined
    const { holds, remedy } = sql.writeLogFormat
    this.#commits = new Commits(
      (cause) =>
        new CacheConfigError(`The SQLite ${holds} '${path}' is damaged${reasonOf(cause)}. ${remedy}`, { cause }),
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
    // One of 500 characters counts twice.
    const size = writes.reduce((sum, { key, payload }) => sum + 1 + (key.length + payload.length) / 500, 0)
    await this.#ask({ kind: 'append', size, ids: [], add: (commit) => commit.append(writes) })
  }

  pending(): Promise<readonly LoggedWrite[]> {
    return this.#file.use((db) => this.#commits.pending(db))
  }

  async claim(group: string, ids: readonly string[]): Promise<void> {
    await this.#mark(ids, (commit) => commit.claim(group, ids))
  }

  async done(ids: readonly string[]): Promise<void> {
    await this.#mark(ids, (commit) => commit.end(ids))
  }

  async bury(ids: readonly string[], reason: string, diedAt: number): Promise<void> {
    const wanted = new Set(ids)
    await this.#mark(ids, async (commit, db) => {
      const writes = await this.#commits.writesOf(db, wanted)
      commit.bury(writes.map((write) => ({ ...write, reason, diedAt })))
    })
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
    await this.#ask({ kind: 'append', size: 1, ids: [], add })
    return revived
  }

  async discard(id: string): Promise<boolean> {
    return (await this.#file.use((db) => db.write(sql.discard, { $id: stored(id) }))).length > 0
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.owner?.give()
  }

  async #mark(ids: readonly string[], add: Verb['add']): Promise<void> {
    // Many marks of one write each cost little beside the writes themselves.
    if (ids.length > 0) await this.#ask({ kind: 'mark', size: ids.length / 8, ids, add })
  }

  #ask(verb: Verb): Promise<void> {
    return this.#file.use((db) => this.#commits.ask(db, verb))
  }
}
