import type { Entry } from '../entry/entry.js'
import { freezeFlat, type Shared, share } from '../entry/share.js'
import type { Flight } from '../flight/flight.js'
import type { Ticket } from '../store/store.js'
import { failed } from '../tier/far.js'
import { remember } from './claim.js'
import { type Load, notStored, type Parts, tell } from './parts.js'
import { type Prepared, prepare, prepareFlat } from './prepare.js'

export type Kept = Shared

/** Where a loaded value may be: anywhere · in memory for a moment, for the store is out of reach · nowhere, for somebody else writes. */
export type Place = 'kept' | 'brief' | 'refused'

/** Stores a loaded value, store first, then memory, if its fence stands and it may be stored at all. Never rejects: the caller has its value. */
export async function keep(
  parts: Parts,
  flight: Flight,
  ticket: Ticket | undefined,
  load: Load,
  value: unknown,
  place: Place,
): Promise<Kept> {
  const shared = share(value, parts.clone)
  const prepared = prepare(parts, flight.key, flight.began, load, value, shared)
  const release = () => {
    if (ticket !== undefined) parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
  }
  if (prepared === undefined) {
    release()
    return shared
  }
  if (!mayKeep(parts, flight, prepared)) {
    release()
    return shared
  }
  if (place !== 'kept') {
    notStored(parts, flight.key, 'store-error')
    if (place === 'brief') rememberBriefly(parts, flight, prepared)
    return shared
  }
  if (ticket !== undefined && prepared.text !== undefined) {
    const filled = await parts.far!.fill(ticket, {
      text: prepared.text,
      tags: prepared.entry.tags,
      life: prepared.life,
    })
    if (filled === failed) {
      notStored(parts, flight.key, 'store-error')
      rememberBriefly(parts, flight, prepared)
      return shared
    }
    if (filled.kind === 'refused') {
      notStored(parts, flight.key, filled.why)
      return shared
    }
  }
  settle(parts, flight, prepared)
  return shared
}

/** The same without a store, at once; `now` is of the monotonic clock, `since` as in `Near.fill`. */
export function keepSync(parts: Parts, flight: Flight, load: Load, value: unknown, now: number, since?: number): Kept {
  const { key, began } = flight
  const flat = parts.clone === 'freeze' ? freezeFlat(value) : undefined
  if (flat !== undefined) {
    const entry = prepareFlat(parts, key, began, load, value, flat, now)
    if (entry === undefined) return { value, copied: false }
    fill(parts, flight, entry, flat, now, since)
    return entry
  }
  const shared = share(value, parts.clone)
  const prepared = prepare(parts, key, began, load, value, shared, now)
  if (prepared !== undefined) fill(parts, flight, prepared.entry, prepared.weight, now, since)
  return shared
}

/** Puts what a load has made into memory, if its fence stands. */
function fill(parts: Parts, flight: Flight, entry: Entry, weight: number, now: number, since?: number): void {
  const { near } = parts
  if (near !== undefined && near.maxTtl < Infinity) entry.shorten(now + near.maxTtl)
  const isKept =
    parts.flights.stands(flight, entry.tags) && (near === undefined || near.fill(entry, weight, flight.seen, since))
  toldOf(parts, entry, isKept)
}

/** The fence: nothing that it bears was invalidated since its load began, and nobody else has filled the key first. */
function mayKeep(parts: Parts, flight: Flight, { entry }: Prepared): boolean {
  const present = parts.near?.peek(flight.key)
  const filledByAnother = present !== undefined && present !== flight.seen
  if (!filledByAnother && parts.flights.stands(flight, entry.tags)) return true
  notStored(parts, flight.key, 'fenced')
  return false
}

/**
 * What a store did not take is served to this process for as long as memory may lag behind others anyway, from before its load: so an
 * outage costs the source a load of a key each second, and not each call.
 */
function rememberBriefly(parts: Parts, flight: Flight, { entry, weight }: Prepared): void {
  if (parts.trust === undefined || flight.startedAt === undefined) return
  entry.shorten(flight.startedAt + parts.trust.lasts)
  if (parts.clock.monotonic() < entry.freshUntil) remember(parts, flight, entry, weight)
}

function settle(parts: Parts, flight: Flight, { entry, weight }: Prepared): void {
  toldOf(parts, entry, remember(parts, flight, entry, weight))
}

/** Counts and tells what became of an entry: kept, or kept out by its fence. */
function toldOf(parts: Parts, { key, bornAt }: Entry, isKept: boolean): void {
  if (!isKept) return notStored(parts, key, 'fenced')
  parts.ledger.stored(key, bornAt)
  if (parts.observers.any) tell(parts, { type: 'stored', cache: parts.name, key })
}
