import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface Weight {
  readonly minified: number
  readonly zipped: number
}

/** Our core as it is published, not as it lies in the workspace, where each concept is a file to open. */
export interface Published extends AsyncDisposable {
  readonly folder: string
  /** What an import loads, and with what is loaded later. */
  readonly once: Weight
  readonly all: Weight
}

/** Makes the published files in a temporary folder. */
export async function published(): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'cachesmith-published-'))
  const { stdout } = await run(process.execPath, [join(root, 'scripts/bundle.mjs'), folder])
  const { all, ...once } = JSON.parse(stdout) as Weight & { all: Weight }
  // As in the package: without it Node tries a file as CommonJS first.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return { folder, once, all, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
