import type { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flight.js'
import type { MissReason } from '../kernel/events.js'
import { explained, hit } from './count.js'
import { beside, withLoad } from './current-load.js'
import { readDirty } from './dirty.js'
import { give } from './give.js'
import { readInside } from './inside.js'
import { fly } from './load.js'
import { type Load, type Parts, tell } from './parts.js'

/** The synchronous look: a fresh entry of a trusted memory that needs no refresh, or undefined: then `read` walks. */
export function look(parts: Parts, key: string): Entry | undefined {
  return served(parts, key, met(parts, key))
}

/** The entry of a key that stands, whatever its age, where memory may answer at all. */
export function met(parts: Parts, key: string): Entry | undefined {
  return isOpen(parts, key) ? parts.near!.get(key) : undefined
}

/** Memory may answer for this key at all: it is there, and no write or transaction stands before it. */
function isOpen(parts: Parts, key: string): boolean {
  if (parts.near === undefined || !parts.enabled || parts.writes?.dirty(key)) return false
  return parts.transactions.open === 0 || !parts.transactions.changes(parts)?.touches(key)
}

/** What was met, counted and told, where it may be served without a walk. */
export function served(parts: Parts, key: string, entry: Entry | undefined): Entry | undefined {
  if (entry === undefined) return undefined
  const { trust } = parts
  if (trust === undefined) {
    if (parts.coarse() >= entry.dueAt) return undefined
  } else {
    const now = parts.clock.monotonic()
    if (now >= entry.dueAt || !(trust.holds(now) || entry.isBrief(trust.lasts))) return undefined
  }
  if (parts.transactions.open > 0 && parts.transactions.changes(parts)?.touchesTags(entry.tags)) return undefined
  parts.stats.hits++
  parts.stats.memoryHits++
  if (parts.observers.hits) tell(parts, { type: 'hit', cache: parts.name, key, tier: 'memory', stale: false })
  return entry
}

/** The walk: memory, store, load. Answers the value; rejects with nothing but the loader's own error (and a timeout that was asked for). */
export function read(parts: Parts, key: string, load: Load): unknown {
  if (!parts.enabled) {
    const context = beside(load.signal)
    return withLoad(context, () => load.run(context))
  }
  const inside = parts.transactions.changes(parts)
  if (inside === undefined && !parts.writes?.dirty(key)) return trusting(parts, key, load, undefined)
  const own = parts.flights.starting(key, load)
  const clean =
    inside === undefined ? () => trusting(parts, key, load, own) : () => readInside(parts, inside, key, load)
  return parts.writes?.dirty(key) ? readDirty(parts, parts.writes, key, clean) : clean()
}

/** Asks first whether memory may be trusted, where others can change what it holds. */
function trusting(parts: Parts, key: string, load: Load, from: readonly Flight[] | undefined): Promise<unknown> {
  const { near, trust } = parts
  if (near === undefined || trust === undefined) return walk(parts, key, load, true, from)
  if (trust.holds(parts.clock.monotonic())) return walk(parts, key, load, true, from)
  const own = from ?? parts.flights.starting(key, load)
  return trust.refresh().then(() => walk(parts, key, load, trust.holds(parts.clock.monotonic()), own))
}

/** `own` are loads that this call comes from, found before it waited for anything. */
function walk(
  parts: Parts,
  key: string,
  load: Load,
  trusted: boolean,
  own: readonly Flight[] | undefined,
  asked = false,
): Promise<unknown> {
  load.signal?.throwIfAborted()
  const entry = trusted ? parts.near?.get(key) : undefined
  if (entry !== undefined) {
    const now = parts.clock.monotonic()
    if (now < entry.freshUntil) {
      if (now >= entry.dueAt) refresh(parts, key, load, entry)
      return answer(parts, key, load, entry, false)
    }
    if (now < entry.freshUntil + load.policy.staleWhileRevalidate && now < entry.staleUntil) {
      refresh(parts, key, load, entry)
      return answer(parts, key, load, entry, true)
    }
  }
  const joined = parts.flights.joinable(key, load, own)
  // While a refresh runs the store may hold the stale value, which is served meanwhile: that is looked up first.
  const servedMeanwhile = joined?.behind && parts.far !== undefined && entry === undefined
  if (joined !== undefined && !servedMeanwhile) {
    if (!asked && isOld(parts, joined))
      return parts.trust!.refresh().then(() => walk(parts, key, load, trusted, own, true))
    explained(parts, key, load, 'absent')
    parts.stats.joined++
    load.elsewhere?.()
    return waitFor(parts, joined, load, ended(joined)).then(() => give(joined.shared))
  }
  const flight = depart(parts, key, load, entry, false, trusted ? reason(entry) : 'untrusted')
  return waitFor(parts, flight, load)
}

/**
 * A load over a store that others share, with no memory whose trust keeps up with them: one that began longer ago than memory would
 * be trusted may have been overtaken by an invalidation elsewhere, so the store is asked for those before it is joined.
 */
function isOld({ near, trust, clock }: Parts, flight: Flight): boolean {
  return near === undefined && trust !== undefined && clock.monotonic() - (flight.startedAt ?? 0) > trust.lasts
}

/** Waits for a flight to its end, or until the caller leaves; the last one who leaves ends it. */
function waitFor(parts: Parts, flight: Flight, { signal }: Load, end = flight.promise): Promise<unknown> {
  if (signal === undefined) {
    flight.stay()
    return end
  }
  return flight.wait(end, signal, () => parts.flights.abandon(flight))
}

/** The end of a flight, also of one that begins with a look for several: where that shows nothing, it goes on by itself. */
function ended(flight: Flight): Promise<unknown> {
  const { promise } = flight
  return promise.then(() => (flight.promise === promise ? undefined : flight.promise))
}

/** Starts a load that others may join until it is fenced. */
function depart(
  parts: Parts,
  key: string,
  load: Load,
  entry: Entry | undefined,
  behind: boolean,
  why: MissReason,
): Flight {
  const flight = parts.flights.begin(key, load, behind)
  flight.seen = parts.near?.peek(key)
  flight.promise = fly(parts, flight, load, entry, why, refresh)
  return flight
}

/** Loads behind a hit, once: callers keep being served meanwhile. */
export function refresh(parts: Parts, key: string, load: Load, entry: Entry): void {
  if (parts.flights.joinable(key, load) !== undefined) return
  const flight = depart(parts, key, load, entry, true, 'expired')
  flight.stay()
  parts.background.run(() => flight.promise)
}

function answer(parts: Parts, key: string, load: Load, entry: Entry, stale: boolean): Promise<unknown> {
  hit(parts, key, 'memory', stale, load)
  return Promise.resolve(give(entry))
}

const reason = (entry: Entry | undefined): MissReason => (entry === undefined ? 'absent' : 'expired')
