import type { Attributes } from '@opentelemetry/api'
import type { CacheStats, Health, MethodStats } from '@cachesmith/core'
import { attribute, ofMethod } from './names.js'

/** `counter` only rises, `level` rises and falls and may be summed, `gauge` may not. */
type Kind = 'counter' | 'level' | 'gauge'
type Point = readonly [value: number, attributes: Attributes]

interface Figure {
  readonly name: string
  readonly kind: Kind
  readonly unit: string
  readonly about: string
}

/** One metric of a cache: a number, or points with attributes of their own. */
export interface CacheFigure extends Figure {
  readonly of: (stats: CacheStats) => number | readonly Point[]
}

/** One metric of a manager's stores and write log. */
export interface HealthFigure extends Figure {
  readonly of: (health: Health) => readonly Point[]
}

type Count = keyof MethodStats

/** A count by method; what calls on the cache itself counted has no method. */
function byMethod(stats: CacheStats, count: Count, more: Attributes = {}): Point[] {
  const methods = Object.entries(stats.methods)
  const rest = methods.reduce((left, [, of]) => left - of[count], stats[count])
  const points = methods.map(([name, of]): Point => [of[count], { ...ofMethod(name), ...more }])
  return [...points, [Math.max(0, rest), more]]
}

const outcomes: readonly (readonly [Count, string])[] = [
  ['hits', 'hit'],
  ['stale', 'stale'],
  ['misses', 'miss'],
]

export const cacheFigures: readonly CacheFigure[] = [
  {
    name: 'cachesmith.reads',
    kind: 'counter',
    unit: '{read}',
    about: 'Reads, by outcome: hit, stale (answered past its ttl), miss.',
    of: (stats) => outcomes.flatMap(([count, name]) => byMethod(stats, count, { [attribute.outcome]: name })),
  },
  {
    name: 'cachesmith.memory.hits',
    kind: 'counter',
    unit: '{read}',
    about: 'Reads that memory answered.',
    of: ({ memoryHits }) => memoryHits,
  },
  {
    name: 'cachesmith.misses',
    kind: 'counter',
    unit: '{read}',
    about: 'Misses, by reason.',
    of: ({ missReasons }) =>
      Object.entries(missReasons).map(([reason, n]): Point => [n, { [attribute.reason]: reason }]),
  },
  {
    name: 'cachesmith.loads',
    kind: 'counter',
    unit: '{load}',
    about: 'Loads that the source answered.',
    of: (stats) => byMethod(stats, 'loads'),
  },
  {
    name: 'cachesmith.load.errors',
    kind: 'counter',
    unit: '{load}',
    about: 'Loads that failed.',
    of: (stats) => byMethod(stats, 'loadErrors'),
  },
  {
    name: 'cachesmith.load.joins',
    kind: 'counter',
    unit: '{read}',
    about: 'Misses that joined a load under way.',
    of: ({ joined }) => joined,
  },
  {
    name: 'cachesmith.puts',
    kind: 'counter',
    unit: '{value}',
    about: 'Values that a method or a call has put.',
    of: ({ puts }) => puts,
  },
  {
    name: 'cachesmith.not_stored',
    kind: 'counter',
    unit: '{value}',
    about: 'Values that were returned and not kept.',
    of: ({ notStored }) => notStored,
  },
  {
    name: 'cachesmith.invalidations',
    kind: 'counter',
    unit: '{invalidation}',
    about: 'Invalidations of keys and of tags, and clears.',
    of: ({ invalidations }) => invalidations,
  },
  {
    name: 'cachesmith.evictions',
    kind: 'counter',
    unit: '{entry}',
    about: 'Entries that memory dropped for want of room.',
    of: ({ evictions }) => evictions,
  },
  { name: 'cachesmith.entries', kind: 'level', unit: '{entry}', about: 'Entries in memory.', of: (s) => s.entries },
  {
    name: 'cachesmith.memory.size',
    kind: 'level',
    unit: 'By',
    about: 'Bytes of the entries in memory, estimated.',
    of: ({ bytes }) => bytes,
  },
  {
    name: 'cachesmith.store.errors',
    kind: 'counter',
    unit: '{error}',
    about: 'Calls of the store that failed or were refused.',
    of: ({ storeErrors }) => storeErrors,
  },
  {
    name: 'cachesmith.writes.pending',
    kind: 'level',
    unit: '{write}',
    about: 'Acknowledged writes that are not in their sink.',
    of: ({ pending }) => pending,
  },
  {
    name: 'cachesmith.writes.oldest.age',
    kind: 'gauge',
    unit: 's',
    about: 'Age of the oldest pending write in seconds; 0 when there is none.',
    of: ({ oldestPendingMs }) => oldestPendingMs / 1000,
  },
  {
    name: 'cachesmith.writes.dead_letters',
    kind: 'counter',
    unit: '{write}',
    about: 'Writes that were given up.',
    of: ({ deadLettered }) => deadLettered,
  },
]

export const healthFigures: readonly HealthFigure[] = [
  {
    name: 'cachesmith.store.breaker.open',
    kind: 'gauge',
    unit: '1',
    about: 'Whether calls to the store of a cache are refused, as it is out of reach: 1 or 0.',
    of: ({ stores }) =>
      stores.flatMap(({ name, state, caches }) =>
        caches.map(
          (cache): Point => [state === 'unreachable' ? 1 : 0, { [attribute.cache]: cache, [attribute.store]: name }],
        ),
      ),
  },
  {
    name: 'cachesmith.store.owed',
    kind: 'level',
    unit: '{invalidation}',
    about: 'Invalidations that the stores of one name have not acknowledged.',
    of: (health) => byStore(health, 'owed'),
  },
  {
    name: 'cachesmith.store.in_flight',
    kind: 'level',
    unit: '{operation}',
    about: 'Operations of the stores of one name that are under way.',
    of: (health) => byStore(health, 'inFlight'),
  },
  {
    name: 'cachesmith.write_log.reachable',
    kind: 'gauge',
    unit: '1',
    about: 'Whether the write log took what it was last asked: 1 or 0; 1 before it is asked.',
    of: ({ writeLog }) => (writeLog === undefined ? [] : [[writeLog.state === 'unreachable' ? 0 : 1, {}]]),
  },
]

/** Two stores may have one name: they are told as one. */
function byStore({ stores }: Health, count: 'owed' | 'inFlight'): Point[] {
  const sums = new Map<string, number>()
  for (const store of stores) sums.set(store.name, (sums.get(store.name) ?? 0) + store[count])
  return Array.from(sums, ([name, sum]): Point => [sum, { [attribute.store]: name }])
}
