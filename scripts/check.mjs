import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledSize } from './bundle.mjs'
import { checkFloors } from './floors.mjs'
import { main, root, run, say, seconds, StepFailed } from './run.mjs'
import { findServers } from './servers.mjs'
import { build, setup } from './setup.mjs'
import { repositoryTests, suites } from './suites.mjs'

// pnpm check            everything
// pnpm check lint size  these steps

const packages = ['core', 'redis', 'sqlite', 'typedi', 'telemetry', 'inspector', 'nestjs', 'cli']
/** Against growth; the goal is 15 KB. */
const sizeLimit = 60 * 1024
const nodes = { node20: '20.19.0', node22: '22.23.3', node24: '24.9.0' }

/** Each step throws when it fails and may give back a word on what it found. */
const steps = {
  build: () => setup(),
  docs: async () => lastLine(await script('docs/scripts/check-blocks.mjs')),
  links: async () => lastLine(await script('docs/scripts/check-links.mjs')),
  site: async () => void (await script('docs/scripts/site.mjs')),
  types: async () => lastLine(await script('scripts/mocha.mjs', 'test/types.test.mjs')),
  lint: () => tool('biome', 'check', '--error-on-warnings'),
  floors: () => {
    const { problems, figures } = checkFloors()
    if (problems.length > 0) throw new StepFailed('floors', 1, problems.join('\n'))
    return figures
  },
  tests: async () => lastLine(await script('scripts/test.mjs')),
  packages: checkPackages,
  unused: () => tool('knip', '--no-config-hints'),
  size: checkSize,
  ...Object.fromEntries(Object.entries(nodes).map(([name, version]) => [name, () => testsOn(version)])),
}

await main(async () => {
  const chosen = process.argv.slice(2)
  const unknown = chosen.find((name) => !(name in steps))
  if (unknown) {
    say(`There is no step "${unknown}". There are: ${Object.keys(steps).join(', ')}.`)
    process.exitCode = 1
    return
  }
  const results = []
  for (const name of chosen.length > 0 ? chosen : Object.keys(steps)) results.push(await take(name))
  const failed = results.filter((result) => !result.ok).map((result) => result.name)
  console.log(failed.length === 0 ? `\nAll ${results.length} steps passed.` : `\nFailed: ${failed.join(', ')}.`)
  if (failed.length > 0) process.exitCode = 1
})

async function take(name) {
  const started = performance.now()
  const line = (sign, told) =>
    console.log(`${sign} ${name.padEnd(9)} ${seconds(started).padStart(8)}  ${told ?? ''}`.trimEnd())
  try {
    const told = await steps[name]()
    line('✓', told)
    return { name, ok: true }
  } catch (error) {
    say(error instanceof StepFailed ? error.tail : error.stack)
    line('✗', error.message)
    return { name, ok: false }
  }
}

function lastLine(output) {
  return output.trimEnd().split('\n').at(-1)
}

function script(...args) {
  return run(args[0], process.execPath, args, { quiet: true })
}

async function tool(name, ...args) {
  await run(name, join(root, 'node_modules/.bin', name), args, { quiet: true })
}

/** Packs each package as it would be published and looks at what a user would get. */
async function checkPackages() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'cachesmith-'))
  try {
    for (const name of packages) {
      const tarball = join(folder, `${name}.tgz`)
      const cwd = join(root, 'packages', name)
      await run(`pack ${name}`, 'npx', ['-y', packageManager, 'pack', '--out', tarball], { cwd, quiet: true })
      await tool('publint', 'run', tarball, '--strict')
      await tool('attw', tarball, '--ignore-rules', 'cjs-resolves-to-esm')
    }
    return `${packages.length} packages`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What @cachesmith/core adds to a bundle; keyv is the user's own. */
async function checkSize() {
  const { minified, zipped } = await bundledSize()
  const told = `${kilobytes(minified)} minified, ${kilobytes(zipped)} zipped`
  if (zipped > sizeLimit) throw new StepFailed(`size: ${told}, more than ${kilobytes(sizeLimit)}`, 1, '')
  return told
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`
}

/** The compiled tests and the consumers on another Node, which the npm package `node` brings. */
async function testsOn(version) {
  const env = await findServers()
  if (env === undefined) throw new StepFailed('servers', 1, '')
  const chosen = suites()
  await build('Compiling the tests', '.', ...chosen.map((suite) => suite.project))
  const files = [
    ...chosen.flatMap((suite) => suite.files),
    ...repositoryTests().filter((file) => !file.endsWith('types.test.mjs')),
  ]
  const args = ['-y', '-p', `node@${version}`, '--', 'node', '--enable-source-maps', 'scripts/mocha.mjs', ...files]
  return `Node ${version}: ${lastLine(await run(`Node ${version}`, 'npx', args, { env, quiet: true }))}`
}
