import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Finding } from '@cachesmith/core'
import { Failure, messageOf } from '../failure.js'
import { duration } from '../output.js'
import type { Session } from '../session.js'

/** `cachesmith doctor`: looks at configuration, versions, stores, write log and inspector, and says what to fix. */
export async function doctor(session: Session): Promise<void> {
  const findings = [
    node(),
    ...versions(session.folder),
    ...(await configuration(session)),
    ...(await inspector(session)),
  ]
  const problems = findings.filter((finding) => finding.level === 'problem').length
  if (session.options.json) session.out.write(JSON.stringify({ ok: problems === 0, findings }, null, 2))
  else {
    for (const finding of findings) session.out.write(lineOf(finding))
    session.out.write(problems === 0 ? 'Nothing is wrong.' : `${problems} to fix.`)
  }
  if (problems > 0) throw new Failure(`${problems} ${problems === 1 ? 'problem' : 'problems'}.`)
}

const lineOf = ({ level, what, fix }: Finding): string =>
  `${signs[level].padEnd(8)} ${what}${fix === undefined ? '' : `\n${' '.repeat(9)}-> ${fix}`}`

const signs = { ok: 'ok', advice: 'advice', problem: 'PROBLEM' } as const

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isFit = major > 20 || (major === 20 && minor >= 19)
  return isFit
    ? { level: 'ok', what: `Node ${process.versions.node}` }
    : { level: 'problem', what: `Node ${process.versions.node}`, fix: 'install Node 20.19 or later' }
}

const packages = ['core', 'sqlite', 'redis', 'typedi', 'telemetry', 'inspector', 'nestjs'].map(
  (name) => `@cachesmith/${name}`,
)

/** Packages of one release belong together; two copies of core know nothing of each other's decorators. */
function versions(folder: string): Finding[] {
  const require = createRequire(join(folder, 'cachesmith.config.js'))
  const found = packages.flatMap((name) => {
    try {
      const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as {
        version: string
      }
      return [{ name, version }]
    } catch {
      return []
    }
  })
  const core = found.find(({ name }) => name === '@cachesmith/core')
  if (core === undefined)
    return [
      {
        level: 'advice',
        what: '@cachesmith/core is not installed here',
        fix: 'run this in the folder of the application',
      },
    ]
  const others = found.filter(({ version }) => version.split('.')[0] !== core.version.split('.')[0])
  if (others.length > 0)
    return others.map(({ name, version }) => ({
      level: 'problem',
      what: `${name} ${version} beside core ${core.version}`,
      fix: 'install one major version of all',
    }))
  return [{ level: 'ok', what: found.map(({ name, version }) => `${name} ${version}`).join(', ') }]
}

async function configuration(session: Session): Promise<Finding[]> {
  try {
    const { caches } = await session.config()
    const names = caches.names().join(', ') || '(none configured)'
    return [{ level: 'ok', what: `configuration: caches ${names}` }, ...(await caches.diagnose())]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ level: 'problem', what: 'configuration', fix: error.message }]
  }
}

async function inspector(session: Session): Promise<Finding[]> {
  // A configuration that cannot be read is told already.
  const remote = await session.remote().catch(() => undefined)
  if (remote === undefined)
    return [
      {
        level: 'advice',
        what: 'no inspector is named',
        fix: 'stats and explanations need one: pass --url and --token',
      },
    ]
  const started = performance.now()
  try {
    await remote.get('api/caches')
    return [{ level: 'ok', what: `inspector at ${remote.url}: answered in ${duration(performance.now() - started)}` }]
  } catch (error) {
    return [{ level: 'problem', what: `inspector at ${remote.url}`, fix: messageOf(error) }]
  }
}
