import { type Parts, tell } from './parts.js'

const tellEvery = 1_000

/** Counts a store's trouble, always, and tells it: at most once a second for each verb, or an outage would bury all else. */
export function storeTrouble(parts: Parts, verb: string, error: unknown): void {
  parts.stats.storeErrors++
  if (!parts.observers.any) return
  const now = parts.clock.monotonic()
  if (now < (parts.troubles.get(verb) ?? -Infinity) + tellEvery) return
  parts.troubles.set(verb, now)
  tell(parts, { type: 'store-error', cache: parts.name, verb, error })
}
