import { execFileSync } from 'node:child_process'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { spread } from '../micro/statistics.js'
import { published } from './published.js'

/** What a package weighs with all that it needs, and how long Node takes to import it. */
export interface Size {
  /** Bytes, minified and zipped, of everything that it exports and needs. */
  readonly zipped: number
  /** ms, the median of fresh processes. */
  readonly importMs: number
}

const folder = fileURLToPath(new URL('../..', import.meta.url))

export async function sizeOf(name: string, processes = 5): Promise<Size> {
  await using ours = name === '@cachesmith/core' ? await published() : undefined
  const file = ours === undefined ? name : pathToFileURL(join(ours.folder, 'index.js')).href
  const times = Array.from({ length: processes }, () => importMs(file))
  return { zipped: await zipped(name), importMs: spread(times).median }
}

function importMs(name: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(name)}); console.log(performance.now() - t); process.exit()`
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' }),
  )
}

async function zipped(name: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    // Optional peers that nobody installed.
    plugins: [{ name: 'absent', setup: (esbuild) => leaveOutTheAbsent(esbuild) }],
  })
  return gzipSync(outputFiles[0]!.contents).length
}

function leaveOutTheAbsent(
  esbuild: Parameters<NonNullable<Parameters<typeof build>[0]['plugins']>[0]['setup']>[0],
): void {
  esbuild.onResolve({ filter: /^[^./]/ }, async ({ path, resolveDir, kind, pluginData }) => {
    if (pluginData === 'asked' || builtinModules.includes(path) || path.startsWith('node:')) return undefined
    const { errors } = await esbuild.resolve(path, { resolveDir, kind, pluginData: 'asked' })
    return errors.length > 0 ? { path, external: true } : undefined
  })
}
