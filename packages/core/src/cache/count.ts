import type { MissReason } from '../kernel/events.js'
import { type Load, type Parts, tell } from './parts.js'

/** Who else counts: the method, where a read comes from one. */
type By = Pick<Load, 'counts'>

/** Counts and tells a read that was answered without a load, where it is not the hit path itself. */
export function hit(parts: Parts, key: string, tier: 'memory' | 'store', stale: boolean, by?: By): void {
  const as = stale ? 'stale' : 'hits'
  parts.stats[as]++
  if (by?.counts !== undefined) by.counts[as]++
  if (tier === 'memory') parts.stats.memoryHits++
  if (parts.observers.any) tell(parts, { type: 'hit', cache: parts.name, key, tier, stale })
}

/** Counts and tells a read that nothing answered. */
export function missed(parts: Parts, key: string, why: MissReason, by?: By): void {
  parts.stats.misses++
  parts.stats.missReasons[why]++
  if (by?.counts !== undefined) by.counts.misses++
  if (parts.observers.any) tell(parts, { type: 'miss', cache: parts.name, key, why })
}

/**
 * The same for one that is remembered, for who asks why; `givenTag` is what outdated the entry, where that is known. Memory may have just
 * found it outdated, and knows by what. That nothing was there says no more than what is remembered already.
 */
export function explained(parts: Parts, key: string, by: By, given: MissReason, givenTag?: string): void {
  if (given !== 'absent' || parts.ledger.mayKnow) remembered(parts, key, by, given, givenTag)
  else missed(parts, key, 'absent', by)
}

function remembered(parts: Parts, key: string, by: By, given: MissReason, givenTag: string | undefined): void {
  const outdated = given === 'absent' ? parts.ledger.outdated(key) : undefined
  const tag = outdated === undefined ? givenTag : outdated.tag
  const why = outdated === undefined ? given : tag === undefined ? 'cleared' : 'tagged'
  if (why !== 'absent') parts.ledger.trace(key, { what: 'miss', at: parts.clock.monotonic(), why, tag })
  missed(parts, key, why, by)
}

/** Counts and tells a load that answered; `started` is of the monotonic clock. Answers the time. */
export function loaded(parts: Parts, key: string, started: number, behind: boolean, { counts }: By): number {
  const { stats } = parts
  const now = parts.clock.monotonic()
  const ms = now - started
  stats.loads++
  stats.loadMs += ms
  if (counts !== undefined) {
    counts.loads++
    counts.loadMs += ms
  }
  if (parts.observers.any) tell(parts, { type: 'load', cache: parts.name, key, method: counts?.name, ms, behind })
  return now
}

/** Counts and tells a load that threw. */
export function loadFailed(
  parts: Parts,
  key: string,
  started: number,
  behind: boolean,
  error: unknown,
  { counts }: By,
): void {
  const ms = parts.clock.monotonic() - started
  parts.stats.loadErrors++
  if (counts !== undefined) counts.loadErrors++
  tell(parts, { type: 'load-error', cache: parts.name, key, method: counts?.name, ms, error, behind })
}
