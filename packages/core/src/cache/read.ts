import type { Entry } from '../entry/entry.js'
import { copy } from '../entry/share.js'
import type { MissReason } from '../kernel/events.js'
import { give } from './give.js'
import { type Outcome, fly } from './load.js'
import { type Load, type Parts, tell } from './parts.js'

/** The synchronous look: a fresh entry of a trusted memory that needs no refresh, or undefined: then `read` walks. */
export function look(parts: Parts, key: string): Entry | undefined {
  const near = parts.near
  if (near === undefined || !parts.enabled || parts.writes?.dirty(key)) return undefined
  const entry = near.get(key)
  if (entry === undefined) return undefined
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
  if (!parts.enabled) return load.run(bare)
  if (parts.writes?.dirty(key)) return readDirty(parts, key, load)
  const { near, trust } = parts
  if (near !== undefined && trust !== undefined && !trust.holds(parts.clock.monotonic())) {
    return trust.refresh().then(() => walk(parts, key, load, trust.holds(parts.clock.monotonic())))
  }
  return walk(parts, key, load, true)
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
    miss(parts, key, 'absent')
    parts.stats.joined++
    return (joined.promise as Promise<Outcome>).then((o) => (o.copied ? copy(o.value) : o.value))
  }
  return depart(parts, key, load, entry, false, trusted ? reason(entry) : 'untrusted').then((o) => o.own)
}

/** Starts a load that others may join until it is fenced. */
function depart(
  parts: Parts,
  key: string,
  load: Load,
  entry: Entry | undefined,
  behind: boolean,
  why: MissReason,
): Promise<Outcome> {
  const flight = parts.flights.begin(key, load.method)
  flight.seen = parts.near?.peek(key)
  flight.promise = fly(parts, flight, load, entry, behind, (how) => {
    if (behind) return
    if (how === 'loaded') return miss(parts, key, why)
    parts.stats[how === 'stale' ? 'stale' : 'hits']++
    tell(parts, { type: 'hit', cache: parts.name, key, tier: 'store', stale: how === 'stale' })
  })
  return flight.promise as Promise<Outcome>
}

/** Loads behind a hit, once: callers keep being served meanwhile. */
function refresh(parts: Parts, key: string, load: Load, entry: Entry): void {
  if (parts.flights.joinable(key, load.method) !== undefined) return
  const departed = depart(parts, key, load, entry, true, 'expired')
  parts.background.run(() => departed)
}

function hit(parts: Parts, key: string, entry: Entry, stale: boolean): Promise<unknown> {
  parts.stats[stale ? 'stale' : 'hits']++
  parts.stats.memoryHits++
  tell(parts, { type: 'hit', cache: parts.name, key, tier: 'memory', stale })
  return Promise.resolve(give(entry))
}

function miss(parts: Parts, key: string, why: MissReason): void {
  parts.stats.misses++
  tell(parts, { type: 'miss', cache: parts.name, key, why })
}

const reason = (entry: Entry | undefined): MissReason => (entry === undefined ? 'absent' : 'expired')

/** A key with pending writes: what they make of the cached value, or, where they cannot say, the value after they were drained. */
async function readDirty(parts: Parts, key: string, load: Load): Promise<unknown> {
  const clean = () => walk(parts, key, load, parts.trust === undefined)
  if (parts.writes!.overlay(key, undefined).kind !== 'flush') {
    const cached = await clean()
    const now = parts.writes!.overlay(key, cached)
    if (now.kind === 'value') return now.value
    if (now.kind === 'clean') return cached
  }
  await parts.writes!.flush(key)
  return clean()
}

const never = new AbortController().signal
const bare = { signal: never, previous: undefined, notModified: () => undefined }
