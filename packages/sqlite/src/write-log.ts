import { CacheConfigError, WriteBehindError } from '@cachesmith/core'
import type { DeadWrite, LoggedWrite, OwnWait, WriteLog } from '@cachesmith/core'
import type { Connection } from './connection.js'
import { reasonOf } from './driver.js'
import type { Row } from './driver.js'
import { openFile } from './file-format.js'
import { Lifetime } from './lifetime.js'
import { Ownership } from './ownership.js'
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
  /**
   * How long opening waits while another process drains this log, ms: in a deploy, for the old one to end. Until then calls of
   * write-behind methods wait; after it they reject, and it is tried again.
   * @default 10,000: as long as `close` drains
   */
  readonly handover?: number
  /** Bound on the file, bytes. At the bound appends are rejected until writes are done. @default none */
  readonly maxBytes?: number
}

/** A write log in a SQLite file of its own. Appends of one moment share one commit, and so do claims and done-marks. */
export function sqliteWriteLog(path: string, options: SqliteWriteLogOptions = {}): WriteLog {
  const { durability = 'full', patience = 150, handover = 10_000, maxBytes } = options
  if (durability !== 'full' && durability !== 'normal') {
    throw new CacheConfigError(`sqliteWriteLog: durability is '${String(durability)}'; write 'full' or 'normal'.`)
  }
  if (!(handover >= 0 && handover <= 2 ** 31 - 1)) {
    throw new CacheConfigError(
      `sqliteWriteLog: handover is ${String(handover)}; give 0 ms or more, at most 2 ** 31 - 1.`,
    )
  }
  const manners = { synchronous: durability === 'full' ? 'FULL' : 'NORMAL', patience, maxBytes, inspect: true } as const
  const file = new Lifetime(
    () => openFile(path, sql.writeLogFormat, manners),
    (what, cause) => new WriteBehindError(`The SQLite write log '${path}' ${what}${reasonOf(cause)}`, { cause }),
  )
  const owner = path === ':memory:' ? undefined : new Ownership(path, handover)
  return new SqliteWriteLog(path, file, owner)
}

const ids = (list: readonly string[]) => ({ $ids: JSON.stringify(list.map(stored)) })

class SqliteWriteLog implements WriteLog {
  readonly name = 'sqlite'
  readonly durable: boolean
  readonly #file: Lifetime
  readonly #appends: Together<Connection, readonly LoggedWrite[], void>
  readonly #claims: Together<Connection, readonly (readonly [id: string, group: string])[], void>
  readonly #dones: Together<Connection, readonly string[], void>

  constructor(
    private readonly path: string,
    file: Lifetime,
    private readonly owner: Ownership | undefined,
  ) {
    this.#file = file
    this.durable = owner !== undefined
    this.#appends = new Together(async (db, groups) => {
      await db.write(sql.append, { $writes: JSON.stringify(groups.flat().map(asColumns)) })
      return []
    })
    this.#claims = new Together(async (db, groups) => {
      await db.write(sql.claim, { $claims: JSON.stringify(groups.flat()) })
      return []
    })
    this.#dones = new Together(async (db, groups) => {
      await db.write(sql.done, ids(groups.flat()))
      return []
    })
  }

  open(): Promise<void> {
    return this.#file.open()
  }

  async own(wait?: OwnWait): Promise<void> {
    if (await (this.owner?.take(wait) ?? true)) return
    throw new WriteBehindError(
      `The SQLite write log '${this.path}' is drained by another process or manager, and both would run its writes. ` +
        'Wait for its end (`handover` says for how long), or give each process a log of its own.',
    )
  }

  async append(writes: readonly LoggedWrite[]): Promise<void> {
    if (writes.length > 0) await this.#file.use((db) => this.#appends.ask(db, writes))
  }

  async pending(): Promise<readonly LoggedWrite[]> {
    return (await this.#file.use((db) => db.read(sql.pending))).map(asWrite)
  }

  async claim(group: string, claimed: readonly string[]): Promise<void> {
    if (claimed.length === 0) return
    const pairs = claimed.map((id) => [stored(id), stored(group)] as const)
    await this.#file.use((db) => this.#claims.ask(db, pairs))
  }

  async done(finished: readonly string[]): Promise<void> {
    if (finished.length > 0) await this.#file.use((db) => this.#dones.ask(db, finished))
  }

  async bury(given: readonly string[], reason: string, at: number): Promise<void> {
    if (given.length === 0) return
    await this.#file.use((db) => db.write(sql.bury, { ...ids(given), $reason: stored(reason), $at: at }))
  }

  async dead(cache: string): Promise<readonly DeadWrite[]> {
    const rows = await this.#file.use((db) => db.read(sql.dead, { $cache: stored(cache) }))
    return rows.map((row) => ({ ...asWrite(row), diedAt: Number(row.died_at), reason: restored(String(row.reason)) }))
  }

  async revive(id: string): Promise<LoggedWrite | undefined> {
    const [row] = await this.#file.use((db) => db.write(sql.revive, { $id: stored(id) }))
    return row && asWrite(row)
  }

  async discard(id: string): Promise<boolean> {
    return (await this.#file.use((db) => db.write(sql.discard, { $id: stored(id) }))).length > 0
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.owner?.give()
  }
}

const asColumns = (write: LoggedWrite) => [
  stored(write.id),
  stored(write.cache),
  stored(write.key),
  stored(write.operation),
  write.payloadVersion,
  stored(write.payload),
  write.enqueuedAt,
  write.group === undefined ? null : stored(write.group),
  write.attempts,
]

const asWrite = (row: Row): LoggedWrite => ({
  id: restored(String(row.id)),
  cache: restored(String(row.cache)),
  key: restored(String(row.key)),
  operation: restored(String(row.operation)),
  payloadVersion: Number(row.payload_version),
  payload: restored(String(row.payload)),
  enqueuedAt: Number(row.enqueued_at),
  ...(row.group_id === null ? {} : { group: restored(String(row.group_id)) }),
  attempts: Number(row.attempts),
})
