import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const stamp = join(root, 'node_modules/.cachesmith-installed')

/** Installs what is missing and builds what has changed; quick when nothing has. */
export async function setup(...projects) {
  checkNode()
  await install()
  await build('Building', ...(projects.length > 0 ? projects : ['.']))
}

/** Compiles projects and whatever they refer to, in order. */
export function build(what, ...projects) {
  return run(what, process.execPath, [tsc, '-b', ...projects])
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  say(`Cachesmith needs Node 20.19 or later; this is Node ${process.versions.node}.`)
  process.exit(1)
}

/** The stamp holds the hash of the lock file that was installed last. */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say('Installing the dependencies. The first time this compiles SQLite and takes two to three minutes.')
  await run('Installing', 'npx', ['-y', packageManager, 'install', '--frozen-lockfile'], { env: { CI: 'true' } })
  writeFileSync(stamp, lock)
}
