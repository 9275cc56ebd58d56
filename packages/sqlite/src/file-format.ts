import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CacheConfigError } from '@cachesmith/core'
import { Connection } from './connection.js'
import { codeOf } from './driver.js'

/** What a file holds: how to tell it, and how to make it. */
export interface FileFormat {
  /** As in 'cache'. */
  readonly holds: string
  /** SQLite's `application_id`: whose file it is. */
  readonly application: number
  /** SQLite's `user_version`: which form its tables have. */
  readonly version: number
  /** What becomes of a file of an older form: a cache is emptied and made anew, what must not be lost is left as it is. */
  readonly older: 'made anew' | 'refused'
  /** Statements that make one of an empty file. */
  readonly schema: readonly string[]
  /** What to do about a damaged one. */
  readonly remedy: string
}

/** How a file is kept. */
export interface FileManners {
  readonly synchronous: 'FULL' | 'NORMAL'
  readonly patience: number
  /** Bound on the file, bytes. */
  readonly maxBytes?: number
  /** Looks through the whole file before it is trusted. */
  readonly inspect?: boolean
}

/** 16 MB: the pages that change most are then written back, and waited for, a quarter as often as by default. */
const checkpointPages = 4_000

/** Where several processes start at once, one makes the file while the others wait, each for its turn. */
const openingFactor = 10

/** Opens or makes a file of this format. What cannot work is a CacheConfigError, and the file stays as it was. */
export async function openFile(path: string, format: FileFormat, manners: FileManners): Promise<Connection> {
  const config = (what: string, fix: string, cause?: unknown) =>
    new CacheConfigError(`The SQLite ${format.holds} '${path}' ${what}. ${fix}`, { cause })
  if (path !== ':memory:') await checkPath(path, config)
  let connection: Connection | undefined
  try {
    connection = await Connection.open(path, openingFactor * manners.patience)
    await judge(connection, format, config)
    await prepare(connection, format, manners, config)
    connection.patience = manners.patience
    return connection
  } catch (error) {
    await connection?.close().catch(() => {})
    const code = codeOf(error)
    if (code === 'SQLITE_NOTADB') throw config('is not a database', format.remedy, error)
    if (code === 'SQLITE_CORRUPT') throw config('is damaged', format.remedy, error)
    if (code !== undefined && /^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
      throw config('cannot be opened for writing', rights, error)
    }
    throw error
  }
}

const rights = 'Give the process the right to write the file and its folder, or name another path.'

type Refuse = (what: string, fix: string, cause?: unknown) => CacheConfigError

/** Looks at the path before SQLite does, whose one answer to all that is wrong with it is that it cannot open it. */
async function checkPath(path: string, refuse: Refuse): Promise<void> {
  if (path.trim() === '' || path.includes('\u0000')) {
    throw refuse('has no usable path', "Name a file, as in './cache.db', or ':memory:'.")
  }
  const found = await stat(path).catch((error) => error as NodeJS.ErrnoException)
  if (found instanceof Error) {
    if (found.code !== 'ENOENT') throw refuse(`cannot be opened (${found.code})`, 'Name another path.', found)
    const folder = dirname(resolve(path))
    const parent = await stat(folder).catch(() => undefined)
    if (parent?.isDirectory()) return
    throw refuse('cannot be made: it has no folder', `Make the folder '${folder}' first, or name another path.`)
  }
  if (found.isDirectory()) throw refuse('is a folder', 'Name a file in it.')
  if (!found.isFile()) throw refuse('is not a file', 'Name a regular file.')
  // Looked at without opening: to close any handle of a file drops the locks that SQLite holds on it in this process.
  await access(path, constants.R_OK | constants.W_OK).catch((error) => {
    throw refuse('cannot be opened for writing', rights, error)
  })
}

/** Before anything is written, the file must be ours or empty. */
async function judge(connection: Connection, format: FileFormat, refuse: Refuse): Promise<void> {
  const [marks] = await connection.read(
    `SELECT application_id AS application, user_version AS version, (SELECT count(*) FROM sqlite_schema) AS tables
     FROM pragma_application_id, pragma_user_version`,
  )
  const application = Number(marks?.application)
  const version = Number(marks?.version)
  const empty = application === 0 && version === 0 && Number(marks?.tables) === 0
  if (application !== format.application && !empty) {
    throw refuse('belongs to something else', `Name a file of its own for the ${format.holds}.`)
  }
  if (version > format.version) {
    const newer = `is of form ${version}, newer than the ${format.version} that this release knows`
    throw refuse(newer, 'Update @cachesmith/sqlite, or name another path.')
  }
  if (version < format.version && !empty && format.older === 'refused') {
    const older = `is of form ${version}, older than the ${format.version} that this release knows`
    throw refuse(older, 'Drain it with the release that made it, or name another path.')
  }
}

async function prepare(db: Connection, format: FileFormat, manners: FileManners, refuse: Refuse): Promise<void> {
  const [mode] = await db.write('PRAGMA journal_mode = WAL')
  if (mode?.journal_mode !== 'wal' && mode?.journal_mode !== 'memory') {
    throw refuse('cannot keep a write-ahead log there', 'Put it on a local disk: network folders cannot share one.')
  }
  await db.write(`PRAGMA synchronous = ${manners.synchronous}`)
  await db.read(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  if (manners.maxBytes !== undefined) {
    const [page] = await db.read('PRAGMA page_size')
    const pages = Math.max(1, Math.floor(manners.maxBytes / Number(page?.page_size)))
    await db.write(`PRAGMA max_page_count = ${pages}`)
  }
  if ((await versionOf(db)) < format.version) await make(db, format)
  if (!manners.inspect) return
  const [check] = await db.read('PRAGMA quick_check(1)')
  if (check?.quick_check !== 'ok') throw refuse(`is damaged (${check?.quick_check})`, format.remedy)
}

async function versionOf(db: Connection): Promise<number> {
  const [version] = await db.read('PRAGMA user_version')
  return Number(version?.user_version)
}

/** One transaction, for nobody else uses the connection yet. Another process may have been quicker. */
async function make(db: Connection, format: FileFormat): Promise<void> {
  await db.write('BEGIN IMMEDIATE')
  try {
    if ((await versionOf(db)) < format.version) {
      await empty(db)
      for (const statement of format.schema) await db.write(statement)
      await db.write(`PRAGMA application_id = ${format.application}`)
      await db.write(`PRAGMA user_version = ${format.version}`)
    }
    await db.write('COMMIT')
  } catch (error) {
    await db.write('ROLLBACK').catch(() => {})
    throw error
  }
}

/** Takes away what an older form has left. Views first: their triggers name tables. */
async function empty(db: Connection): Promise<void> {
  const old = await db.read(
    `SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
     ORDER BY type DESC`,
  )
  for (const { type, name } of old) await db.write(`DROP ${type} "${String(name).replaceAll('"', '""')}"`)
}
