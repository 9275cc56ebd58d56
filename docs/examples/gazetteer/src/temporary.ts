import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'

/** Makes an empty folder, its name `prefix` and something unique, that goes when the process does. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(prefix)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Ctrl-C by itself ends a process without its exit handlers. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}
