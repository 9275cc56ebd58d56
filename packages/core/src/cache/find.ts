import type { Entry } from '../entry/entry.js'
import { Flight } from '../flight/flight.js'
import type { Found } from '../store/store.js'
import { type Failed, type Far, failed } from '../tier/far.js'
import type { Glance } from '../tier/look.js'
import { accept } from './claim.js'
import { hit, missed } from './count.js'
import { give } from './give.js'
import { open } from './open.js'
import type { Pending } from './pending.js'
import type { Parts } from './parts.js'

const finding = { method: Symbol('find') }

/** An entry that may be served now, from memory or store, without loading. */
export interface FoundEntry {
  readonly entry: Entry
  readonly tier: 'memory' | 'store'
}

/** Looks for fresh entries, in the order of their keys: memory, then one read of the store. Each counts as a read. */
export async function find(parts: Parts, keys: readonly string[]): Promise<(FoundEntry | undefined)[]> {
  if (!parts.enabled) return keys.map(() => undefined)
  const inside = parts.transactions.changes(parts)
  const found = await locate(parts, inside === undefined ? keys : keys.filter((key) => !inside.touches(key)))
  return keys.map((key) => {
    const at = found.get(key)
    return count(parts, key, at !== undefined && inside?.touchesTags(at.entry.tags) ? undefined : at)
  })
}

/** What a look gives, in the order of the keys: of a key with pending writes what they make of it. */
export async function lookUp(parts: Parts, keys: readonly string[]): Promise<unknown[]> {
  const { writes, far } = parts
  const isPlain = parts.near === undefined && parts.enabled && writes === undefined && parts.transactions.open === 0
  if (far !== undefined && isPlain) return lookInStore(parts, far, keys)
  const values = (await find(parts, keys)).map((at) => at && give(at.entry))
  if (writes === undefined || !parts.enabled) return values
  return Promise.all(
    values.map((value, place) => (writes.dirty(keys[place]!) ? pending(parts, writes, keys[place]!, value) : value)),
  )
}

/** The same for one key. */
export const lookUpOne = async (parts: Parts, key: string): Promise<unknown> => (await lookUp(parts, [key]))[0]

/** The same where there is no memory: nothing is to be fenced and no entry to be made. */
async function lookInStore(parts: Parts, far: Far, keys: readonly string[]): Promise<unknown[]> {
  const found = await glance(far, keys)
  const wall = parts.clock.now()
  return keys.map((key, at) => {
    const stored = found?.[at]
    if (stored !== undefined && stored !== failed && stored.kind === 'found' && !stored.expired) {
      const opened = open(parts, key, stored, wall)
      if (opened !== undefined && opened.age < opened.envelope.fresh) {
        hit(parts, key, 'store', false)
        return give(opened)
      }
    }
    missed(parts, key, 'absent')
    return undefined
  })
}

/** What the store has of these keys, in their order; undefined where it cannot be asked. */
async function glance(far: Far, keys: readonly string[]): Promise<readonly (Found | Failed)[] | undefined> {
  if (keys.length === 0) return []
  const look = far.look()
  const places = keys.map((key) => look.add(key))
  const answers = await look.answer
  if (answers === failed) return undefined
  const glances = places.map((place) => answers[place]!)
  if (!glances.some(isUnsettled)) return glances as Found[]
  return Promise.all(glances.map((one) => (isUnsettled(one) ? far.settle(one) : one)))
}

const isUnsettled = (one: Glance): one is Promise<Found> => one instanceof Promise

async function pending(parts: Parts, writes: Pending, key: string, cached: unknown): Promise<unknown> {
  if (writes.opening) await writes.opening
  const now = writes.overlay(key, cached)
  if (now.kind === 'value') return now.value
  if (now.kind === 'clean') return cached
  await writes.flush(key)
  const [found] = await find(parts, [key])
  return found && give(found.entry)
}

function count(parts: Parts, key: string, found: FoundEntry | undefined): FoundEntry | undefined {
  if (found === undefined) missed(parts, key, 'absent')
  else hit(parts, key, found.tier, false)
  return found
}

/** The same, counted by nobody: what is fresh, by its key. */
export async function locate(parts: Parts, keys: readonly string[]): Promise<Map<string, FoundEntry>> {
  const { near, trust, far } = parts
  const found = new Map<string, FoundEntry>()
  if (near !== undefined && trust !== undefined && !trust.holds(parts.clock.monotonic())) await trust.refresh()
  const now = parts.clock.monotonic()
  const missing = new Set<string>()
  for (const key of keys) {
    const entry = near?.get(key)
    if (entry !== undefined && now < entry.freshUntil && mayServe(parts, entry, now))
      found.set(key, { entry, tier: 'memory' })
    else missing.add(key)
  }
  if (far === undefined || missing.size === 0) return found
  for (const [key, entry] of await fetch(parts, far, [...missing]))
    if (parts.clock.monotonic() < entry.freshUntil) found.set(key, { entry, tier: 'store' })
  return found
}

/** Memory is trusted now, or the entry needs no trust. */
const mayServe = ({ trust }: Parts, entry: Entry, now: number): boolean =>
  trust === undefined || trust.holds(now) || entry.isBrief(trust.lasts)

/** A look into the store under fences of its own: what is invalidated meanwhile does not get into memory. */
async function fetch(parts: Parts, far: Far, keys: readonly string[]): Promise<[string, Entry][]> {
  const flights = keys.map((key) => parts.flights.begin(key, finding))
  try {
    const found = await glance(far, keys)
    return (found ?? []).flatMap((stored, at): [string, Entry][] => {
      if (stored === failed || stored.kind === 'missing') return []
      const entry = accept(parts, flights[at]!, stored)
      return entry === undefined ? [] : [[keys[at]!, entry]]
    })
  } finally {
    for (const flight of flights) parts.flights.end(flight)
  }
}

/** The entry of a version of the cache's values, where it still lives. */
export async function findAt(parts: Parts, key: string, version: number): Promise<Entry | undefined> {
  const generation = version - parts.version
  if (generation < 0) return undefined
  if (parts.far === undefined) {
    const entry = parts.near?.peek(key, parts.generation - generation)
    return entry !== undefined && parts.clock.monotonic() < entry.freshUntil ? entry : undefined
  }
  const answer = await parts.far.readAt(generation, [key])
  if (answer === failed || answer[0]?.kind !== 'found') return undefined
  const beside = new Flight(key, finding, parts.position.n)
  beside.detached = true
  return accept(parts, beside, answer[0])
}
