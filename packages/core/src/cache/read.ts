import type { Entry } from '../entry/entry.js'
import { copy } from '../entry/share.js'
import type { Flight } from '../flight/flights.js'
import type { MissReason } from '../kernel/events.js'
import { withLoad } from './current-load.js'
import { readDirty } from './dirty.js'
import { give } from './give.js'
import { readInside } from './inside.js'
import { type Outcome, fly } from './load.js'
import { type Load, type Parts, tell } from './parts.js'

/** The synchronous look: a fresh entry of a trusted memory that needs no refresh, or undefined: then `read` walks. */
export function look(parts: Parts, key: string): Entry | undefined {
  const near = parts.near
  if (near === undefined || !parts.enabled || parts.writes?.dirty(key)) return undefined
  const inside = parts.transactions.open === 0 ? undefined : parts.transactions.changes(parts)
  if (inside?.touches(key)) return undefined
  const entry = near.get(key)
  if (entry === undefined || inside?.touchesTags(entry.tags)) return undefined
  const { trust } = parts
  if (trust === undefined) {
    if (parts.coarse() >= entry.refreshAt) return undefined
  } else {
    const now = parts.clock.monotonic()
    if (now >= entry.refreshAt || !trust.holds(now)) return undefined
  }
  parts.stats.hits++
  parts.stats.memoryHits++
  if (parts.observers.any) tell(parts, { type: 'hit', cache: parts.name, key, tier: 'memory', stale: false })
  return entry
}

/** The walk: memory, store, load. Answers the value; rejects with nothing but the loader's own error (and a timeout that was asked for). */
export function read(parts: Parts, key: string, load: Load): unknown {
  if (!parts.enabled) return withLoad(bare, () => load.run(bare))
  const inside = parts.transactions.changes(parts)
  const clean = inside === undefined ? () => trusting(parts, key, load) : () => readInside(parts, inside, key, load)
  return parts.writes?.dirty(key) ? readDirty(parts, parts.writes, key, clean) : clean()
}

/** Asks first whether memory may be trusted, where others can change what it holds. */
function trusting(parts: Parts, key: string, load: Load): Promise<unknown> {
  const { near, trust } = parts
  if (near === undefined || trust === undefined) return walk(parts, key, load, true)
  if (trust.holds(parts.clock.monotonic())) return walk(parts, key, load, true)
  return trust.refresh().then(() => walk(parts, key, load, trust.holds(parts.clock.monotonic())))
}

function walk(parts: Parts, key: string, load: Load, trusted: boolean): Promise<unknown> {
  const entry = trusted ? parts.near?.get(key) : undefined
  if (entry !== undefined) {
    const now = parts.clock.monotonic()
    if (now < entry.freshUntil) {
      if (now >= entry.refreshAt) refresh(parts, key, load, entry)
      return hit(parts, key, entry, false)
    }
    if (now < entry.freshUntil + load.policy.staleWhileRevalidate && now < entry.staleUntil) {
      refresh(parts, key, load, entry)
      return hit(parts, key, entry, true)
    }
  }
  const joined = parts.flights.joinable(key, load.method)
  if (joined !== undefined) {
    miss(parts, key, 'absent', undefined)
    parts.stats.joined++
    load.elsewhere?.()
    return waitFor(parts, joined, load).then((o) => (o.copied ? copy(o.value) : o.value))
  }
  const flight = depart(parts, key, load, entry, false, trusted ? reason(entry) : 'untrusted')
  return waitFor(parts, flight, load).then((o) => o.own)
}

/** Waits for a flight to its end, or until the caller leaves; the last one who leaves ends it. */
function waitFor(parts: Parts, flight: Flight, { signal }: Load): Promise<Outcome> {
  const outcome = flight.promise as Promise<Outcome>
  if (signal === undefined) {
    flight.stay()
    return outcome
  }
  return flight.wait(outcome, signal, () => parts.flights.abandon(flight))
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
  const flight = parts.flights.begin(key, load.method)
  flight.seen = parts.near?.peek(key)
  flight.promise = fly(parts, flight, load, entry, behind, (how, stale) => {
    if (behind) return
    if (how === 'revalidate') parts.background.run(() => flight.promise.then(() => refresh(parts, key, load, stale!)))
    if (how === 'loaded') {
      const { absence } = flight
      return miss(parts, key, absence === undefined || absence.why === 'absent' ? why : absence.why, absence?.tag)
    }
    parts.stats[how === 'fresh' ? 'hits' : 'stale']++
    tell(parts, { type: 'hit', cache: parts.name, key, tier: 'store', stale: how !== 'fresh' })
  })
  return flight
}

/** Loads behind a hit, once: callers keep being served meanwhile. */
function refresh(parts: Parts, key: string, load: Load, entry: Entry): void {
  if (parts.flights.joinable(key, load.method) !== undefined) return
  const flight = depart(parts, key, load, entry, true, 'expired')
  flight.stay()
  parts.background.run(() => flight.promise)
}

function hit(parts: Parts, key: string, entry: Entry, stale: boolean): Promise<unknown> {
  parts.stats[stale ? 'stale' : 'hits']++
  parts.stats.memoryHits++
  tell(parts, { type: 'hit', cache: parts.name, key, tier: 'memory', stale })
  return Promise.resolve(give(entry))
}

function miss(parts: Parts, key: string, why: MissReason, tag: string | undefined): void {
  parts.stats.misses++
  parts.ledger.trace(key, { what: 'miss', at: parts.clock.monotonic(), why, tag })
  tell(parts, { type: 'miss', cache: parts.name, key, why })
}

const reason = (entry: Entry | undefined): MissReason => (entry === undefined ? 'absent' : 'expired')

const never = new AbortController().signal
const bare = { signal: never, previous: undefined, notModified: () => undefined }
