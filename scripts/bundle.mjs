import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './run.mjs'

// node scripts/bundle.mjs [FOLDER]   @cachesmith/core as it is published, by default into its dist/bundle
//
// One file to a concept is good to read and slow to load: Node spends half of an import on finding 130 files. What is published
// is the same code in three: the package, its testing kit, and what they share, so that both speak of the same classes.

const core = join(root, 'packages/core')
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['keyv', 'reflect-metadata'],
  logLevel: 'warning',
}

/** Writes the published files of the compiled package into a folder. */
export async function bundleCore(outdir = join(core, 'dist/bundle')) {
  await build({
    ...common,
    entryPoints: { index: join(core, 'dist/index.js'), testing: join(core, 'dist/testing/index.js') },
    splitting: true,
    chunkNames: 'shared-[hash]',
    sourcemap: true,
    sourcesContent: false,
    outdir,
  })
}

/** What the package adds to a user's own bundle, in bytes; keyv is the user's own. */
export async function bundledSize() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(core, 'dist/index.js')],
    minify: true,
    write: false,
  })
  const { contents } = outputFiles[0]
  return { minified: contents.length, zipped: gzipSync(contents).length }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleCore(process.argv[2])
  console.log(JSON.stringify(await bundledSize()))
}
