import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './run.mjs'

// node scripts/bundle.mjs [FOLDER]   @cachesmith/core as it is published, by default into its dist/bundle
//
// One file to a concept is good to read and slow to load: Node spends half of an import on finding 130 files. What is published
// is the same code in a few: the package, its testing kit, what they share, so that both speak of the same classes, and the parts
// that few processes need, which are loaded when they do. Names are kept and lines stay short, so that a stack trace can be read.

const core = join(root, 'packages/core')
const entries = { index: join(core, 'dist/index.js'), testing: join(core, 'dist/testing/index.js') }
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['keyv', 'reflect-metadata'],
  logLevel: 'warning',
  logOverride: { 'ignored-bare-import': 'silent' },
}

/**
 * What is loaded later, each for itself, uses parts of what an import loads: esbuild would give the parts that the same ones use a file
 * each, a dozen small ones. Where each uses all of it, it is one file.
 */
const oneShare = {
  name: 'one share',
  setup({ onLoad, onResolve }) {
    const later = new Set()
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') later.add(join(resolveDir, path))
      return undefined
    })
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!later.has(path) && path !== entries.testing) return undefined
      const from = relative(dirname(path), entries.index).replaceAll('\\', '/')
      return { contents: `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(from)}` }
    })
  },
}

/** Writes the published files of the compiled package into a folder. */
export async function bundleCore(outdir = join(core, 'dist/bundle')) {
  // What an earlier build left there is not published.
  rmSync(outdir, { recursive: true, force: true })
  await build({
    ...common,
    entryPoints: entries,
    plugins: [oneShare],
    splitting: true,
    chunkNames: '[name]-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    sourcemap: true,
    sourcesContent: false,
    outdir,
  })
}

/**
 * What the package adds to a user's own bundle, in bytes: `minified` and `zipped` is what an import loads, `all` what there is with the
 * parts that are loaded later. keyv is the user's own.
 */
export async function bundledSize() {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { index: entries.index },
    plugins: [oneShare],
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    absWorkingDir: root,
    outdir: 'bundle',
  })
  const contents = new Map(outputFiles.map((file) => [relative(root, file.path), file.contents]))
  const weigh = (names) => ({
    minified: names.reduce((sum, name) => sum + contents.get(name).length, 0),
    zipped: names.reduce((sum, name) => sum + gzipSync(contents.get(name)).length, 0),
  })
  const first = importedAtOnce('bundle/index.js', metafile.outputs)
  return { ...weigh([...first]), all: weigh([...contents.keys()]), parts: partsOf([...first], metafile.outputs) }
}

/** A file and all that it imports, but for what it loads later. */
function importedAtOnce(name, outputs, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  for (const { path, kind, external } of outputs[name].imports)
    if (kind === 'import-statement' && !external) importedAtOnce(path, outputs, found)
  return found
}

/** Minified bytes by folder of the source. */
function partsOf(names, outputs) {
  const parts = {}
  for (const [file, { bytesInOutput }] of names.flatMap((name) => Object.entries(outputs[name].inputs))) {
    const folder = relative('packages/core/dist', file).split('/')[0]
    parts[folder] = (parts[folder] ?? 0) + bytesInOutput
  }
  return parts
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleCore(process.argv[2])
  console.log(JSON.stringify(await bundledSize()))
}
