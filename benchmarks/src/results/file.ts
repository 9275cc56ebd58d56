import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../options.js'

/** Where results are committed. */
export const resultsFolder = fileURLToPath(new URL('../../results', import.meta.url))

export function writeResult(name: string, result: object, folder = resultsFolder): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`)
  return path
}

/** @throws UsageError that says which bench writes what is missing */
export function readResult<T>(name: string, folder = resultsFolder): T {
  const path = join(folder, `${name}.json`)
  if (!existsSync(path))
    throw new UsageError(
      `There are no results of '${name}' yet. Run pnpm bench ${name}${name === 'guard' ? ' --record' : ''} first.`,
    )
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

/** Three digits that count. */
export function round(n: number): number {
  return Number(n.toPrecision(3))
}
