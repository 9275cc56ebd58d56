import type { CacheStats, Health, MethodStats } from '@cachesmith/core'
import { Failure } from '../failure.js'
import { count, duration, percent, size, table } from '../output.js'
import type { Session } from '../session.js'

interface Overview {
  readonly namespace: string
  readonly health: Health
  readonly caches: Readonly<Record<string, CacheStats>>
}

/** `cachesmith stats [cache]`: the counts of the running application. */
export async function stats(session: Session, name: string | undefined): Promise<void> {
  const remote = await session.remote()
  if (remote === undefined)
    throw new Failure(
      'stats are kept by the running application: mount its inspector (@cachesmith/inspector) and pass --url and --token, or set CACHESMITH_URL and CACHESMITH_TOKEN.',
      2,
    )
  const all = (await remote.get('api/caches')) as Overview
  const names = Object.keys(all.caches)
  if (name !== undefined && !names.includes(name))
    throw new Failure(`the application has no cache '${name}'; it has ${names.join(', ') || 'none'}.`, 2)
  const shown = name === undefined ? all.caches : { [name]: all.caches[name]! }
  if (session.options.json) return session.out.write(JSON.stringify({ ...all, caches: shown }, null, 2))
  if (names.length === 0) return session.out.write('No cache was used yet.')
  session.out.write(
    table(
      heads,
      Object.entries(shown).map(([cache, of]) => rowOf(cache, of)),
    ),
  )
  if (name !== undefined) session.out.write(detailsOf(all.caches[name]!))
  for (const store of all.health.stores.filter((store) => store.state === 'unreachable'))
    session.out.write(`${store.name} is out of reach; ${count(store.owed)} invalidations are owed to it.`)
}

const heads = [
  'cache',
  'reads',
  'hits',
  'of memory',
  'stale',
  'misses',
  'a load',
  'errors',
  'entries',
  'memory',
  'pending',
]

function rowOf(name: string, s: CacheStats): (string | number)[] {
  const reads = s.hits + s.stale + s.misses
  const load = s.loads === 0 ? '-' : duration(s.loadMs / s.loads)
  const errors = s.loadErrors + s.storeErrors
  return [
    name,
    reads,
    percent(s.hits, reads),
    percent(s.memoryHits, s.hits),
    s.stale,
    s.misses,
    load,
    errors,
    s.entries,
    size(s.bytes),
    s.pending,
  ]
}

function detailsOf(s: CacheStats): string {
  const reasons = Object.entries(s.missReasons).filter(([, n]) => n > 0)
  const methods = Object.entries(s.methods) as [string, MethodStats][]
  const parts = [
    reasons.length > 0 && table(['missed because', 'times'], reasons),
    methods.length > 0 &&
      table(
        ['method', 'hits', 'stale', 'misses', 'loads', 'a load', 'errors'],
        methods.map(([name, m]) => [
          name,
          m.hits,
          m.stale,
          m.misses,
          m.loads,
          m.loads === 0 ? '-' : duration(m.loadMs / m.loads),
          m.loadErrors,
        ]),
      ),
  ]
  return parts.filter((part) => part !== false).join('\n')
}
