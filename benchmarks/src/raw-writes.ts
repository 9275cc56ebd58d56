import sqlite3 from 'sqlite3'

/** Rows per second of raw SQLite with a transaction, and so an fsync, for each row. */
export async function rawWrites(path: string, rows: number): Promise<number> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(opened)))
  })
  const run = (sql: string, values: unknown[] = []) =>
    new Promise<void>((resolve, reject) => database.all(sql, values, (error) => (error ? reject(error) : resolve())))
  await run('PRAGMA journal_mode = WAL')
  await run('PRAGMA synchronous = FULL')
  await run('CREATE TABLE visits (seq INTEGER PRIMARY KEY, id TEXT, n INTEGER)')
  const started = performance.now()
  for (let row = 0; row < rows; row++) await run('INSERT INTO visits (id, n) VALUES (?, ?)', [`u${row}`, 1])
  const took = performance.now() - started
  await new Promise((resolve) => database.close(resolve))
  return rows / (took / 1_000)
}
