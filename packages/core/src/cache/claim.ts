import { isJsonText } from '../entry/codec.js'
import { Entry } from '../entry/entry.js'
import { unseal } from '../entry/envelope.js'
import { share, shareJson } from '../entry/share.js'
import type { Flight } from '../flight/flights.js'
import type { Found, Stored, Ticket } from '../store/store.js'
import { type Failed, failed } from '../tier/far.js'
import type { Load, Parts } from './parts.js'
import { storeTrouble } from './trouble.js'

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

/**
 * How far the clocks of two machines may differ, ms. An entry from farther ahead is of a time before the wall clock was put back: how old
 * it is cannot be told, so it is missed.
 */
const mostAhead = 60_000

/** Asks the store for a key. */
export function arrive(parts: Parts, flight: Flight, seek: Load['seek']): Promise<readonly Found[] | Found | Failed> {
  return seek === undefined ? parts.far!.read([flight.key]) : seek(flight.key)
}

/** Keeps what the store answered in memory, unless it was invalidated here while the answer was under way. */
export function arrived(parts: Parts, flight: Flight, answer: readonly Found[] | Found | Failed): Entry | undefined {
  if (answer === failed) return undefined
  const found = 'kind' in answer ? answer : answer[0]
  if (found?.kind === 'found') return accept(parts, flight, found)
  flight.absence = found
  return undefined
}

/** Reads a stored entry; anything that is not an entry of this key in our format is a miss. */
export function accept(parts: Parts, flight: Flight, stored: Stored): Entry | undefined {
  const envelope = unseal(stored.text, flight.key)
  if (envelope === undefined) return unreadable(parts, new Error('not an entry of this key in the format cs1'))
  const since = parts.clock.now() - envelope.createdAt
  if (since < -mostAhead) return undefined
  const age = Math.max(0, since)
  const now = parts.clock.monotonic()
  if (age >= envelope.stale) return undefined
  let value: unknown
  try {
    value = parts.codecs.decode(envelope.body)
  } catch (error) {
    return unreadable(parts, error)
  }
  const kept = isJsonText(envelope.body) ? shareJson(value, parts.clone) : share(value, parts.clone)
  const freshUntil = now + envelope.fresh - age
  const entry = new Entry({
    key: flight.key,
    value: kept.value,
    copied: kept.copied,
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

function unreadable(parts: Parts, error: unknown): undefined {
  storeTrouble(parts, 'decode', error)
  return undefined
}
