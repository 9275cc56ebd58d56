import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, platform, release } from 'node:os'
import { dirname, join } from 'node:path'

/** What a figure was measured on, and when. */
export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly node: string
  /** Processes that wanted to run, on average over a minute, when it began: more than the machine has cores, and times are noisy. */
  readonly load: number
}

export function circumstances(): Circumstances {
  const { length } = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${length} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${platform()} ${release().split('-')[0]}`,
    node: process.versions.node,
    load: Number(loadavg()[0]!.toFixed(1)),
  }
}

/** The installed version of a package. */
export function versionOf(name: string): string {
  const require = createRequire(import.meta.url)
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${name} is not installed at or above ${dirname(import.meta.url)}.`)
}
