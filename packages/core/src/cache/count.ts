import { type Parts, tell } from './parts.js'

/** Counts and tells a load that answered; `started` is of the monotonic clock. */
export function loaded(parts: Parts, key: string, started: number, behind: boolean): void {
  const ms = parts.clock.monotonic() - started
  parts.stats.loads++
  parts.stats.loadMs += ms
  tell(parts, { type: 'load', cache: parts.name, key, ms, behind })
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
