import sqlite3 from 'sqlite3'

/** What one call of the sink brought for one key: the numbers of all the operations that were folded into it. */
export interface Delivery {
  /** The idempotency key. */
  readonly id: string
  readonly key: string
  readonly numbers: readonly number[]
}

/** A sink in a SQLite file of its own. It keeps each delivery, in order, and applies each idempotency key once. */
export class Sink {
  private constructor(private readonly database: sqlite3.Database) {}

  static async open(path: string): Promise<Sink> {
    const database = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(opened)))
    })
    const sink = new Sink(database)
    await sink.script(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS delivered (seq INTEGER PRIMARY KEY, id TEXT, key TEXT, numbers TEXT);
      CREATE TABLE IF NOT EXISTS applied (id TEXT PRIMARY KEY, key TEXT, numbers TEXT) WITHOUT ROWID;`)
    return sink
  }

  /** One transaction, as a careful user would write it: an operation id that is there already changes nothing. */
  async take(batch: readonly Delivery[]): Promise<void> {
    const rows = JSON.stringify(batch.map(({ id, key, numbers }) => [id, key, JSON.stringify(numbers)]))
    const from = `SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each('${rows.replaceAll("'", "''")}') WHERE true`
    await this.script(`BEGIN IMMEDIATE;
      INSERT INTO delivered (id, key, numbers) ${from};
      INSERT INTO applied ${from} ON CONFLICT (id) DO NOTHING;
      COMMIT;`)
  }

  async deliveries(): Promise<Delivery[]> {
    const rows = await this.all<{ id: string; key: string; numbers: string }>('SELECT * FROM delivered ORDER BY seq')
    return rows.map(({ id, key, numbers }) => ({ id, key, numbers: JSON.parse(numbers) as number[] }))
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.database.close((error) => (error ? reject(error) : resolve())))
  }

  private script(sql: string): Promise<void> {
    return new Promise((resolve, reject) => this.database.exec(sql, (error) => (error ? reject(error) : resolve())))
  }

  private all<Row>(sql: string): Promise<Row[]> {
    return new Promise((resolve, reject) =>
      this.database.all<Row>(sql, (error, rows) => (error ? reject(error) : resolve(rows))),
    )
  }
}
