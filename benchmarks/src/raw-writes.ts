import sqlite3 from 'sqlite3'

/** Rows per second of raw SQLite with a transaction, and so an fsync, for each row; so many callers at once, on one connection. */
export async function rawWrites(path: string, callers: number, calls: number): Promise<number> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(opened)))
  })
  const run = (sql: string, values: unknown[] = []) =>
    new Promise<void>((resolve, reject) => database.all(sql, values, (error) => (error ? reject(error) : resolve())))
  await run('PRAGMA journal_mode = WAL')
  await run('PRAGMA synchronous = FULL')
  await run('CREATE TABLE visits (seq INTEGER PRIMARY KEY, id TEXT, n INTEGER)')
  const started = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let call = 0; call < calls; call++)
        await run('INSERT INTO visits (id, n) VALUES (?, ?)', [`${caller}`, call])
    }),
  )
  const took = performance.now() - started
  await new Promise((resolve) => database.close(resolve))
  return (callers * calls) / (took / 1_000)
}
