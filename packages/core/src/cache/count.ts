import type { MissReason } from '../kernel/events.js'
import { type Parts, tell } from './parts.js'

/** Counts and tells a load that answered; `started` is of the monotonic clock. Answers the time. */
export function loaded(parts: Parts, key: string, started: number, behind: boolean): number {
  const now = parts.clock.monotonic()
  const ms = now - started
  parts.stats.loads++
  parts.stats.loadMs += ms
  if (parts.observers.any) tell(parts, { type: 'load', cache: parts.name, key, ms, behind })
  return now
}

/** Counts and tells a load that threw. */
export function loadFailed(parts: Parts, key: string, started: number, behind: boolean, error: unknown): void {
  parts.stats.loadErrors++
  tell(parts, {
    type: 'load-error',
    cache: parts.name,
    key,
    ms: parts.clock.monotonic() - started,
    error,
    behind,
  })
}

/** Counts and tells a read that found nothing to serve. */
export function missed(
  parts: Parts,
  key: string,
  given: MissReason,
  givenTag: string | undefined,
  now = parts.clock.monotonic(),
): void {
  // Memory has just found it outdated, and knows by what.
  const last = given === 'absent' ? parts.ledger.last(key) : undefined
  const outdated = last?.what === 'outdated' ? last : undefined
  const tag = outdated === undefined ? givenTag : outdated.tag
  const why = outdated === undefined ? given : tag === undefined ? 'cleared' : 'tagged'
  parts.stats.misses++
  parts.ledger.trace(key, { what: 'miss', at: now, why, tag })
  if (parts.observers.any) tell(parts, { type: 'miss', cache: parts.name, key, why })
}
