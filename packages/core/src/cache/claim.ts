import { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flight.js'
import type { Stored, Ticket } from '../store/store.js'
import { failed } from '../tier/far.js'
import { momentOf } from '../tier/look.js'
import { type Opened, open } from './open.js'
import type { Parts } from './parts.js'

/**
 * The outcome of asking a store for the right to load: granted · a value came meanwhile · another process loads and a refresh need
 * not wait for it · somebody writes, or the store is out of reach: load and keep nothing in the store.
 */
export type Claim =
  | { readonly kind: 'granted'; readonly ticket: Ticket }
  | { readonly kind: 'value'; readonly entry: Entry }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'writing' }
  | { readonly kind: 'none' }

/** Reads a stored entry, and keeps it in memory unless it was invalidated here while the answer was under way. */
export function accept(parts: Parts, flight: Flight, stored: Stored): Entry | undefined {
  const { monotonic, wall } = momentOf(parts.clock)
  const opened = open(parts, flight.key, stored, wall)
  return opened && enter(parts, flight, stored, opened, monotonic)
}

/** The entry of what a store holds, kept in memory as by `accept`; `now` is when it was read, of the monotonic clock. */
export function enter(parts: Parts, flight: Flight, stored: Stored, opened: Opened, now: number): Entry {
  const { envelope, age } = opened
  const freshUntil = now + envelope.fresh - age
  const entry = Entry.of({
    key: flight.key,
    value: opened.value,
    copied: opened.copied,
    tags: parts.tagLists.of(envelope.tags),
    bornAt: now - age,
    freshUntil,
    staleUntil: now + envelope.stale - age,
    refreshAt: freshUntil,
    position: flight.began,
    id: stored.id,
  })
  if (stored.expired) entry.expire(now)
  if (remember(parts, flight, entry, envelope.body.length * 2)) flight.seen = entry
  return entry
}

/** Puts an entry into memory if nothing that it bears was invalidated since its flight began. */
export function remember(parts: Parts, flight: Flight, entry: Entry, weight: number): boolean {
  if (!parts.flights.stands(flight, entry.tags)) return false
  if (parts.near === undefined) return true
  if (parts.near.maxTtl < Infinity) entry.shorten(parts.clock.monotonic() + parts.near.maxTtl)
  parts.near.set(entry, weight)
  return true
}

/** Asks for the right to load; waits for another process that has it, at most as long as a lease stands. */
export async function claim(
  parts: Parts,
  flight: Flight,
  replaces: string | undefined,
  behind: boolean,
  elsewhere: (() => void) | undefined,
): Promise<Claim> {
  const far = parts.far!
  const until = parts.clock.monotonic() + parts.leaseTime + 100
  // What the store gives on the way and cannot be served is no value at hand.
  const mayLeave = behind || replaces !== undefined
  for (let pause = 25; ; pause = Math.min(pause * 2, 100)) {
    const begun = await far.begin(flight.key, replaces)
    if (begun === failed) return { kind: 'none' }
    if (begun.kind === 'granted') return begun
    if (begun.kind === 'writing') return { kind: 'writing' }
    if (begun.kind === 'value') {
      const entry = accept(parts, flight, begun)
      if (entry !== undefined && parts.clock.monotonic() < entry.freshUntil) return { kind: 'value', entry }
      replaces = begun.id
      continue
    }
    if (mayLeave) return { kind: 'elsewhere' }
    if (parts.clock.monotonic() >= until) return { kind: 'writing' }
    elsewhere?.()
    await new Promise<void>((resolve) => parts.clock.after(pause, resolve))
  }
}
