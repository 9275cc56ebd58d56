import { copy } from '../entry/share.js'
import { loaded, loadFailed, missed } from './count.js'
import { beside, startWith } from './current-load.js'
import type { Load, Parts } from './parts.js'
import { keepSync } from './write.js'

/** The walk of a synchronous method: memory, else the method itself. An invalidation from inside the method fences its result. */
export function readSync(parts: Parts, key: string, load: Load): unknown {
  const { flights } = parts
  const context = beside()
  if (!parts.enabled) return startWith(context, load)
  const inside = parts.transactions.changes(parts)
  missed(parts, key, 'absent', load)
  const flight = flights.begin(key, load)
  flight.seen = parts.near?.peek(key)
  flight.starting++
  const started = parts.clock.monotonic()
  try {
    const value = startWith(context, load)
    const now = loaded(parts, key, started, false, load)
    if (inside !== undefined) return value
    const kept = keepSync(parts, flight, load, value, now)
    return kept.copied && kept.value === value ? copy(value) : value
  } catch (error) {
    loadFailed(parts, key, started, false, error, load)
    throw error
  } finally {
    flights.end(flight)
  }
}
