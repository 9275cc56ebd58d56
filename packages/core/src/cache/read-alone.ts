import type { Flight } from '../flight/flights.js'
import { explained, loaded, loadFailed } from './count.js'
import { start } from './load.js'
import type { Load, Parts } from './parts.js'
import { keepSync } from './write.js'

/**
 * A miss where memory is all there is and nothing is known or under way: one load in the fewest steps, one promise and no closure.
 * Undefined for any other read, which takes the walk. What it does is what the walk does (measured: that takes four times as long).
 */
export function readAlone(parts: Parts, key: string, load: Load): Promise<unknown> | undefined {
  const { near, flights } = parts
  if (near === undefined || parts.far !== undefined || parts.writes !== undefined || !parts.enabled) return undefined
  if (parts.transactions.open > 0 || load.signal !== undefined || load.policy.loadTimeout !== undefined)
    return undefined
  if (flights.has(key) || near.peek(key) !== undefined) return undefined
  const started = parts.clock.monotonic()
  explained(parts, key, load, 'absent', undefined, started)
  const flight = flights.begin(key, load)
  flight.stay()
  flight.promise = land(parts, flight, load, started)
  return flight.promise
}

async function land(parts: Parts, flight: Flight, load: Load, started: number): Promise<unknown> {
  try {
    const value = await start(flight, load, undefined)
    const now = loaded(parts, flight.key, started, false, load)
    flight.shared = keepSync(parts, flight, load, value, now)
    return value
  } catch (error) {
    loadFailed(parts, flight.key, started, false, error, load)
    throw error
  } finally {
    parts.flights.end(flight)
  }
}
