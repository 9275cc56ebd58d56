import { setTimeout as pause } from 'node:timers/promises'
import { codeOf, openDatabase } from './driver.js'
import type { DriverDatabase, DriverStatement, Parameters, Row } from './driver.js'

/** A statement of SQL, ready to run, and the names of its parameters. */
interface Prepared {
  readonly statement: DriverStatement
  readonly names: readonly string[]
}

/**
 * One connection to a file. Statements are prepared once. Writes run one after another, so that they never hold more
 * than one thread of the pool. A lock of another process is waited for between attempts, in no thread, so that reads go
 * on meanwhile.
 */
export class Connection {
  readonly #database: DriverDatabase
  /** How long a verb waits for another process's lock, ms, counted from its call. */
  patience: number
  readonly #prepared = new Map<string, Prepared>()
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(database: DriverDatabase, patience: number) {
    this.#database = database
    this.patience = patience
  }

  static async open(path: string, patience: number): Promise<Connection> {
    const connection = new Connection(await openDatabase(path), patience)
    try {
      await connection.read('PRAGMA busy_timeout = 0')
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }

  /** Runs a statement that changes nothing. Parameters that it does not name are left out. */
  read(sql: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.#patiently(sql, parameters, performance.now() + this.patience)
  }

  /** Runs a statement that changes something, after those before it. By itself it is one transaction. */
  write(sql: string, parameters: Parameters = {}): Promise<Row[]> {
    const deadline = performance.now() + this.patience
    const answer = this.#turn.then(() => this.#patiently(sql, parameters, deadline))
    this.#turn = answer.catch(() => {})
    return answer
  }

  /** Waits for the writes under way, then closes. */
  async close(): Promise<void> {
    await this.#turn
    const statements = [...this.#prepared.values()]
    this.#prepared.clear()
    await Promise.all(statements.map(({ statement }) => new Promise((resolve) => statement.finalize(resolve))))
    await new Promise<void>((resolve, reject) => this.#database.close((error) => (error ? reject(error) : resolve())))
  }

  async #patiently(sql: string, parameters: Parameters, deadline: number): Promise<Row[]> {
    for (let wait = 1; ; wait = Math.min(2 * wait, 16)) {
      try {
        return await this.#run(this.#prepared.get(sql) ?? (await this.#prepare(sql)), parameters)
      } catch (error) {
        const code = codeOf(error)
        if ((code !== 'SQLITE_BUSY' && code !== 'SQLITE_LOCKED') || performance.now() + wait > deadline) throw error
      }
      await pause(wait)
    }
  }

  #run({ statement, names }: Prepared, parameters: Parameters): Promise<Row[]> {
    const own = Object.fromEntries(names.map((name) => [name, parameters[name] ?? null]))
    return new Promise((resolve, reject) => {
      statement.all(own, (error, rows) => (error ? reject(error) : resolve(rows)))
    })
  }

  async #prepare(sql: string): Promise<Prepared> {
    const statement = await new Promise<DriverStatement>((resolve, reject) => {
      const made = this.#database.prepare(sql, (error) => (error ? reject(error) : resolve(made)))
    })
    const first = this.#prepared.get(sql)
    if (first !== undefined) {
      statement.finalize(() => {})
      return first
    }
    const prepared = { statement, names: [...new Set(sql.match(/\$\w+/g))] }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}
