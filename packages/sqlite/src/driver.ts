import { createRequire } from 'node:module'

/** One row of an answer: column to value. */
export type Row = Readonly<Record<string, string | number | null>>

/** Values of a statement's parameters, by name with its `$`. */
export type Parameters = Readonly<Record<string, string | number | null>>

type Done = (error: Error | null) => void

/** What we use of a prepared statement of sqlite3. */
export interface DriverStatement {
  all(parameters: Parameters, done: (error: Error | null, rows: Row[]) => void): void
  finalize(done: Done): void
}

/** What we use of a database of sqlite3. Its work runs in libuv's thread pool. */
export interface DriverDatabase {
  prepare(sql: string, done: Done): DriverStatement
  close(done: Done): void
}

/** An error of SQLite, named by its result code. */
export interface DriverError extends Error {
  readonly code: string
}

interface Driver {
  readonly Database: new (path: string, done: Done) => DriverDatabase
}

// `KeyvSqlite` keeps its database to itself and prepares every statement anew, which triples a read. The very driver
// that it brings is taken instead, from where it stands, so that there is one native module and one SQLite.
const driver: Driver = createRequire(import.meta.resolve('@keyv/sqlite'))('sqlite3')

/** Opens a database file, or makes it. */
export function openDatabase(path: string): Promise<DriverDatabase> {
  return new Promise((resolve, reject) => {
    const database = new driver.Database(path, (error) => (error ? reject(error) : resolve(database)))
  })
}

/** The result code of an error of SQLite, such as `SQLITE_BUSY`. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Partial<DriverError>).code : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}

/** What an error says, as the end of a sentence. */
export const reasonOf = (cause: unknown) => (cause instanceof Error ? `: ${cause.message}` : '')
