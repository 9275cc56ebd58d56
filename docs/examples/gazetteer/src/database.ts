import sqlite3 from 'sqlite3'

export type Row = Record<string, string | number | null>
export type Params = Row | readonly (string | number | null)[]

/** One SQLite file, with promises instead of callbacks. */
export class Database {
  private constructor(private readonly handle: sqlite3.Database) {}

  static open(file: string): Promise<Database> {
    return new Promise((resolve, reject) => {
      const handle = new sqlite3.Database(file, (error) => {
        if (error === null) resolve(new Database(handle))
        else reject(new Error(`cannot open ${file}: ${error.message}`, { cause: error }))
      })
    })
  }

  all<T>(sql: string, params: Params = []): Promise<T[]> {
    return new Promise((resolve, reject) => {
      this.handle.all<T>(sql, params, (error, rows) => (error === null ? resolve(rows) : reject(error)))
    })
  }

  get<T>(sql: string, params: Params = []): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.handle.get<T>(sql, params, (error, row) => (error === null ? resolve(row) : reject(error)))
    })
  }

  /** Runs one statement and answers how many rows it changed. */
  run(sql: string, params: Params = []): Promise<number> {
    return new Promise((resolve, reject) => {
      this.handle.run(sql, params, function (error) {
        if (error === null) resolve(this.changes)
        else reject(error)
      })
    })
  }

  /** Runs several statements without parameters. */
  script(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.handle.exec(sql, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.handle.close((error) => (error === null ? resolve() : reject(error)))
    })
  }
}
