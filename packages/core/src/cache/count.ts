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
  tell(parts, { type: 'hit', cache: parts.name, key, tier, stale })
}

/** Counts and tells a read that nothing answered. */
export function missed(parts: Parts, key: string, why: MissReason, by?: By): void {
  parts.stats.misses++
  parts.stats.missReasons[why]++
  if (by?.counts !== undefined) by.counts.misses++
  tell(parts, { type: 'miss', cache: parts.name, key, why })
}

/** Counts and tells a load that answered; `started` is of the monotonic clock. */
export function loaded(parts: Parts, key: string, started: number, behind: boolean, { counts }: By): void {
  const { stats } = parts
  const ms = parts.clock.monotonic() - started
  stats.loads++
  stats.loadMs += ms
  if (counts !== undefined) {
    counts.loads++
    counts.loadMs += ms
  }
  tell(parts, { type: 'load', cache: parts.name, key, method: counts?.name, ms, behind })
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
