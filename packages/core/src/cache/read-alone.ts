import type { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flight.js'
import { explained, loaded, loadFailed } from './count.js'
import { startBare } from './current-load.js'
import type { Load, LoadContext, Parts } from './parts.js'
import { keepSync } from './write.js'

/** A load whose loader asks nothing of its context but the signal. */
export interface BareLoad extends Load {
  readonly run: (context: Pick<LoadContext, 'signal'>) => unknown
}

/**
 * A miss where memory is all there is and nothing is known or under way: one load in the fewest steps. Undefined for any other read,
 * which takes the walk. `met` is what stands in memory, as just seen. What it does is what the walk does (measured: that takes four times as long).
 */
export function readAlone(
  parts: Parts,
  key: string,
  load: BareLoad,
  met: Entry | undefined,
): Promise<unknown> | undefined {
  const { near, flights } = parts
  if (near === undefined || parts.far !== undefined || parts.writes !== undefined || !parts.enabled) return undefined
  if (parts.transactions.open > 0 || load.signal !== undefined || load.policy.loadTimeout !== undefined)
    return undefined
  if (met !== undefined || flights.has(key)) return undefined
  const started = parts.clock.monotonic()
  explained(parts, key, load, 'absent')
  const flight = flights.begin(key, load)
  flight.stay()
  const since = near.comings
  let answer: unknown
  try {
    answer = startBare(flight, load)
  } catch (error) {
    answer = Promise.reject(error)
  }
  // No async function: what one needs to stop and go on is half of what a miss leaves to the collector.
  flight.promise = Promise.resolve(answer).then(
    (value) => land(parts, flight, load, started, since, value),
    (error) => crash(parts, flight, load, started, error),
  )
  return flight.promise
}

function land(parts: Parts, flight: Flight, load: Load, started: number, since: number, value: unknown): unknown {
  try {
    const now = loaded(parts, flight.key, started, false, load)
    flight.shared = keepSync(parts, flight, load, value, now, since)
  } catch (error) {
    return crash(parts, flight, load, started, error)
  }
  parts.flights.end(flight)
  return value
}

function crash(parts: Parts, flight: Flight, load: Load, started: number, error: unknown): never {
  parts.flights.end(flight)
  loadFailed(parts, flight.key, started, false, error, load)
  throw error
}
