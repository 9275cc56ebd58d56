import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KeyvSqlite } from '@keyv/sqlite'

/** Paths of files that are gone after the tests. */
export function temporaryFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'cachesmith-sqlite-'))
  let made = 0
  after(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, next: (name = 'file') => join(folder, `${name}-${++made}.db`) }
}

/** Another hand on a file: statements of the test's own, as if of another process. */
export async function otherHand(path: string) {
  const keyv = new KeyvSqlite({ uri: `sqlite://${path}`, table: 'of_another_hand', busyTimeout: 1 })
  await keyv.query('SELECT 1')
  return {
    run: (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => keyv.query(sql, ...values),
    close: () => keyv.close(),
  }
}

/** The error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    () => undefined,
    (error) => error as Error,
  )
  if (!(outcome instanceof Error)) throw new Error('expected a failure')
  return outcome
}

/** A process of its own that runs a script of this folder. */
export function child(name: string, ...values: string[]) {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  return spawn(process.execPath, [script, ...values], { stdio: ['pipe', 'pipe', 'inherit'] })
}
