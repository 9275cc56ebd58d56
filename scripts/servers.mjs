import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, StepFailed, say } from './run.mjs'

const servers = [
  { command: 'redis-server', debian: 'redis-server', variable: 'CACHESMITH_REDIS_SERVER' },
  { command: 'memcached', debian: 'memcached', variable: 'CACHESMITH_MEMCACHED' },
  { command: 'chromium', debian: 'chromium', variable: 'CACHESMITH_CHROMIUM' },
  { command: 'promtool', debian: 'prometheus', variable: 'CACHESMITH_PROMTOOL' },
]

/**
 * Finds the servers that tests start for themselves, installs them where that is possible, and gives back the
 * environment that names them. Undefined, with a word on what to install, when they cannot be had.
 */
export async function findServers(wanted = servers) {
  if (process.env.CACHESMITH_SKIP_SERVERS === '1') {
    say('Tests that need a server are skipped (CACHESMITH_SKIP_SERVERS=1).')
    return {}
  }
  const missing = () => wanted.filter((server) => find(server.command) === undefined)
  if (missing().length > 0 && canInstall()) await install(missing())
  if (missing().length > 0) {
    const names = missing()
      .map((server) => server.command)
      .join(' and ')
    say(`Please install ${names}, or set CACHESMITH_SKIP_SERVERS=1 to skip the tests that need them.`)
    return undefined
  }
  return Object.fromEntries(wanted.map((server) => [server.variable, find(server.command)]))
}

/** Redis, for what may need no server: where it cannot be had that is told, and what needs it fails by itself. */
export async function offerServers() {
  try {
    return (await findServers(servers.filter((server) => server.command === 'redis-server'))) ?? {}
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    say(`${error.message}; going on without.`)
    return {}
  }
}

const canInstall = () => process.getuid?.() === 0 && existsSync('/etc/debian_version') && find('apt-get') !== undefined

function find(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, command))
    .find(isExecutable)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Runlevel 1 keeps the packages from starting their services: tests start their own. */
async function install(list) {
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const packages = list.map((server) => server.debian)
  await run('Looking up the system packages', 'apt-get', ['update', '-q'], { env })
  await run(
    `Installing ${packages.join(' and ')}`,
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
    { env },
  )
}
