import type { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flights.js'
import { LoadTimeoutError } from '../kernel/errors.js'
import { arrive, arrived, type Claim, claim } from './claim.js'
import { loaded, loadFailed } from './count.js'
import { startWith } from './current-load.js'
import type { Load, LoadContext, Parts } from './parts.js'
import { renewing } from './renew.js'
import { give } from './give.js'
import { type Kept, keep } from './write.js'

/** What a load gives: `own` to the caller who started it, `value` to those who joined (a copy each, where `copied`). */
export interface Outcome extends Kept {
  readonly own: unknown
}
/** How a load ended for its callers; 'revalidate': the stale value of the store, which is to be refreshed behind. */
export type How = 'fresh' | 'stale' | 'revalidate' | 'loaded'

const of = (entry: Entry): Outcome => ({ own: give(entry), value: entry.value, copied: entry.copied })

/** One load of one key: a look into the store, the right to fill, the loader, the fill. Never waits for itself. Ends its flight. */
export function fly(
  parts: Parts,
  flight: Flight,
  load: Load,
  entry: Entry | undefined,
  behind: boolean,
  told: (how: How, stale?: Entry) => void,
): Promise<Outcome> {
  const attempt = { stale: entry, over: false }
  const work = run(parts, flight, load, attempt, behind, (how, stale) => {
    if (!attempt.over) {
      attempt.over = true
      told(how, stale)
    }
  })
  const bound = load.policy.loadTimeout
  return bound === undefined ? work : bounded(parts, flight, work, bound, attempt, load, told)
}

interface Attempt {
  stale: Entry | undefined
  over: boolean
}

/** The store's own value where it has one, else a load. */
async function run(
  parts: Parts,
  flight: Flight,
  load: Load,
  attempt: Attempt,
  behind: boolean,
  told: (how: How, stale?: Entry) => void,
): Promise<Outcome> {
  try {
    if (parts.far !== undefined && !behind) {
      const found = arrived(parts, flight, await arrive(parts, flight, load.seek))
      if (found !== undefined) {
        const now = parts.clock.monotonic()
        if (now < found.freshUntil) {
          told('fresh')
          return of(found)
        }
        attempt.stale = found
        if (now < found.freshUntil + load.policy.staleWhileRevalidate) {
          told('revalidate', found)
          return of(found)
        }
      }
    }
    return await obtain(parts, flight, load, attempt, behind, told)
  } finally {
    parts.flights.end(flight)
  }
}

async function obtain(
  parts: Parts,
  flight: Flight,
  load: Load,
  attempt: Attempt,
  behind: boolean,
  told: (how: How, stale?: Entry) => void,
): Promise<Outcome> {
  let right: Claim = { kind: 'none' }
  if (parts.far !== undefined) {
    right = await claim(parts, flight, attempt.stale?.id, behind, load.elsewhere)
    if (right.kind === 'value') {
      told('fresh')
      return of(right.entry)
    }
    if (right.kind === 'elsewhere' && attempt.stale !== undefined) {
      told('stale')
      return of(attempt.stale)
    }
  }
  const ticket = right.kind === 'granted' ? right.ticket : undefined
  const alone = right.kind === 'none' && parts.trust === undefined
  const place =
    parts.far === undefined || ticket !== undefined || alone ? 'kept' : right.kind === 'none' ? 'brief' : 'refused'
  told('loaded')
  const started = parts.clock.monotonic()
  // A load that never settles must not keep others from the key.
  const stop = ticket === undefined ? undefined : renewing(parts, ticket, () => !flight.abandoned && !flight.detached)
  try {
    const value = await start(flight, load, attempt.stale)
    loaded(parts, flight.key, started, behind, load)
    const kept = await keep(parts, flight, ticket, load, value, place)
    return { own: value, ...kept }
  } catch (error) {
    loadFailed(parts, flight.key, started, behind, error, load)
    if (ticket !== undefined) parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
    const rescue = flight.deserted ? undefined : rescued(parts, flight, load, attempt.stale)
    if (rescue !== undefined) return of(rescue)
    throw error
  } finally {
    stop?.()
  }
}

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

/** Calls the loader; what it does before its first await runs with its context, and with its flight marked as its own. */
export function start(flight: Flight, load: Load, stale: Entry | undefined): unknown {
  const context = new Context(flight, stale === undefined ? undefined : give(stale))
  flight.starting++
  try {
    return startWith(context, load)
  } finally {
    flight.starting--
  }
}

/** The stale value in place of the loader's error, which then counts as fresh for a while, so that a sick source is not hammered (RFC 5861). */
function rescued(parts: Parts, flight: Flight, load: Load, stale: Entry | undefined): Entry | undefined {
  const now = parts.clock.monotonic()
  if (stale === undefined || now >= stale.freshUntil + load.policy.staleIfError || now >= stale.staleUntil)
    return undefined
  if (!parts.flights.stands(flight, stale.tags)) return undefined
  const until = Math.min(now + parts.throttle, stale.freshUntil + load.policy.staleIfError)
  stale.prolong(until)
  if (parts.near?.peek(flight.key) === undefined) parts.near?.set(stale, 0)
  return stale
}

/** A load with a bound: after it the stale value, where there is one, else an error; the load itself goes on and may still be kept. */
function bounded(
  parts: Parts,
  flight: Flight,
  work: Promise<Outcome>,
  ms: number,
  attempt: Attempt,
  load: Load,
  told: (how: How, stale?: Entry) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = parts.clock.after(ms, () => {
      parts.flights.abandon(flight)
      parts.background.run(() => work)
      const stale = attempt.stale
      const grace = Math.max(load.policy.staleIfError, load.policy.staleWhileRevalidate)
      if (stale !== undefined && parts.clock.monotonic() < stale.freshUntil + grace) {
        if (!attempt.over) {
          attempt.over = true
          told('stale')
        }
        return resolve(of(stale))
      }
      if (!attempt.over) {
        attempt.over = true
        told('loaded')
      }
      reject(
        new LoadTimeoutError(
          `cache '${parts.name}': a load took longer than its loadTimeout of ${ms} ms; it goes on, its callers do not wait for it`,
        ),
      )
    })
    work.then(
      (o) => {
        timer.stop()
        resolve(o)
      },
      (error) => {
        timer.stop()
        reject(error)
      },
    )
  })
}
