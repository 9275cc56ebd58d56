import type { Entry } from '../entry/entry.js'
import { failed } from '../tier/far.js'
import { accept, arrive } from './claim.js'
import { type Parts, tell } from './parts.js'

const finding = Symbol('find')

/** An entry that may be served now, from memory or store, without loading. */
export interface FoundEntry {
  readonly entry: Entry
  readonly tier: 'memory' | 'store'
}

/** Looks for a fresh entry in memory, then in the store; counts as a read. */
export async function find(parts: Parts, key: string): Promise<FoundEntry | undefined> {
  if (!parts.enabled) return undefined
  const { near, trust, stats } = parts
  const fresh = (entry: Entry | undefined) =>
    entry !== undefined && parts.clock.monotonic() < entry.freshUntil ? entry : undefined
  if (near !== undefined && trust !== undefined && !trust.holds(parts.clock.monotonic())) await trust.refresh()
  const trusted = trust === undefined || trust.holds(parts.clock.monotonic())
  const entry = trusted ? fresh(near?.get(key)) : undefined
  if (entry !== undefined) {
    stats.hits++
    stats.memoryHits++
    tell(parts, { type: 'hit', cache: parts.name, key, tier: 'memory', stale: false })
    return { entry, tier: 'memory' }
  }
  const stored = parts.far === undefined ? undefined : fresh(await fenced(parts, key))
  if (stored === undefined) {
    stats.misses++
    tell(parts, { type: 'miss', cache: parts.name, key, why: 'absent' })
    return undefined
  }
  stats.hits++
  tell(parts, { type: 'hit', cache: parts.name, key, tier: 'store', stale: false })
  return { entry: stored, tier: 'store' }
}

/** A look into the store under a fence of its own: what is invalidated meanwhile does not get into memory. */
async function fenced(parts: Parts, key: string): Promise<Entry | undefined> {
  const flight = parts.flights.begin(key, finding)
  try {
    return await arrive(parts, flight)
  } finally {
    parts.flights.end(flight)
  }
}

/** The entry of an older version of the cache's values, where it still lives. */
export async function findAt(parts: Parts, key: string, version: number): Promise<Entry | undefined> {
  const generation = version - parts.version
  const age = parts.generation - generation
  if (age < 0 || generation < 0) return undefined
  if (parts.far === undefined) {
    const entry = parts.near?.peek(key, age)
    return entry !== undefined && parts.clock.monotonic() < entry.freshUntil ? entry : undefined
  }
  const answer = await parts.far.readAt(generation, [key])
  if (answer === failed || answer[0]?.kind !== 'found') return undefined
  const flight = parts.flights.begin(key, finding)
  flight.detached = true
  return accept(parts, flight, answer[0])
}
