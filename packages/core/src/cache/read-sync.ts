import { copy } from '../entry/share.js'
import { withLoad } from './current-load.js'
import { type Load, type Parts, tell } from './parts.js'
import { keepSync } from './write.js'

/** The walk of a synchronous method: memory, else the method itself. An invalidation from inside the method fences its result. */
export function readSync(parts: Parts, key: string, load: Load): unknown {
  const { flights, stats } = parts
  const context = { signal: new AbortController().signal, previous: undefined, notModified: () => undefined }
  if (!parts.enabled) return withLoad(context, () => load.run(context))
  stats.misses++
  tell(parts, { type: 'miss', cache: parts.name, key, why: 'absent' })
  const flight = flights.begin(key, load.method)
  flight.seen = parts.near?.peek(key)
  flight.starting = true
  const started = parts.clock.monotonic()
  try {
    const value = withLoad(context, () => load.run(context))
    stats.loads++
    const ms = parts.clock.monotonic() - started
    stats.loadMs += ms
    tell(parts, { type: 'load', cache: parts.name, key, ms, behind: false })
    const kept = keepSync(parts, flight, load, value)
    return kept.copied && kept.value === value ? copy(value) : value
  } catch (error) {
    stats.loadErrors++
    tell(parts, {
      type: 'load-error',
      cache: parts.name,
      key,
      ms: parts.clock.monotonic() - started,
      error,
      behind: false,
    })
    throw error
  } finally {
    flights.end(flight)
  }
}
