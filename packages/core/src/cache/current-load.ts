import type { Entry } from '../entry/entry.js'
import { Flight } from '../flight/flight.js'
import { CacheError } from '../kernel/errors.js'
import { give } from './give.js'
import type { LoadContext } from './parts.js'

/** The context of the load that is starting, or its flight, of which a context is made for who asks. */
let current: LoadContext | Flight | undefined

/** What a loader is given. Its signal is made when it is asked for. */
class Context implements LoadContext {
  readonly #flight: Flight
  constructor(
    flight: Flight,
    readonly previous: unknown,
  ) {
    this.#flight = flight
  }
  get signal() {
    return this.#flight.signal
  }
  get notModified() {
    return () => this.previous
  }
}

/** The context of a loader that runs beside the cache: its result replaces nothing and is kept nowhere. */
export const beside = (signal: AbortSignal = neverAborted()): LoadContext => ({
  signal,
  previous: undefined,
  notModified: () => undefined,
})
let never: AbortSignal | undefined
const neverAborted = () => (never ??= new AbortController().signal)

/** Runs the synchronous part of a loader with its context at hand. */
export function withLoad<T>(context: LoadContext, run: () => T): T {
  const outer = current
  current = context
  try {
    return run()
  } finally {
    current = outer
  }
}

interface Runs<C> {
  run(context: C): unknown
}

/** The same for a load, without a closure. */
export function startWith(context: LoadContext, load: Runs<LoadContext>): unknown {
  const outer = current
  current = context
  try {
    return load.run(context)
  } finally {
    current = outer
  }
}

/** Calls the loader; what it does before its first await runs with its context, and with its flight marked as its own. */
export function start(flight: Flight, load: Runs<LoadContext>, stale: Entry | undefined): unknown {
  const context = new Context(flight, stale === undefined ? undefined : give(stale))
  flight.starting++
  try {
    return startWith(context, load)
  } finally {
    flight.starting--
  }
}

/** The same for one that replaces nothing and wants no more than a signal: a context is made when it asks for one. */
export function startBare(flight: Flight, load: Runs<Flight>): unknown {
  flight.starting++
  const outer = current
  current = flight
  try {
    return load.run(flight)
  } finally {
    current = outer
    flight.starting--
  }
}

/** The context of the load that is starting: `{ signal, previous, notModified }`. Valid until the method's first await; throws after it, and outside a load. */
export function currentLoad<V = unknown>(): LoadContext<V> {
  if (current === undefined) {
    throw new CacheError(
      'CONFIG',
      'currentLoad() is valid only in a cached method while it loads, before its first await: take it at the top, `const { signal } = currentLoad()`.',
    )
  }
  if (current instanceof Flight) current = new Context(current, undefined)
  return current as LoadContext<V>
}
