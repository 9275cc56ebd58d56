import type { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flight.js'
import { LoadTimeoutError } from '../kernel/errors.js'
import type { MissReason } from '../kernel/events.js'
import type { Found } from '../store/store.js'
import { type Failed, type Far, failed } from '../tier/far.js'
import { type Glance, type Moment, momentOf } from '../tier/look.js'
import { type Brought, bring, isStale } from './bring.js'
import { type Claim, claim } from './claim.js'
import { Attempt, type Refresh } from './attempt.js'
import { loaded, loadFailed } from './count.js'
import { start } from './current-load.js'
import type { Load, Parts } from './parts.js'
import { renewing } from './renew.js'
import { keep } from './write.js'

/**
 * One load of one key: a look into the store, the right to fill, the loader, the fill. Never waits for itself. Answers what its own
 * caller gets, and leaves with its flight what those who joined are to share. Ends its flight.
 */
export function fly(
  parts: Parts,
  flight: Flight,
  load: Load,
  stale: Entry | undefined,
  why: MissReason,
  refresh: Refresh,
): Promise<unknown> {
  const attempt = new Attempt(parts, flight, load, why, refresh, stale)
  const { far } = parts
  const isSought = far !== undefined && !flight.behind
  if (!isSought && parts.trust !== undefined) flight.startedAt = parts.clock.monotonic()
  const work = isSought ? seek(attempt, far) : obtain(attempt)
  const bound = load.policy.loadTimeout
  return bound === undefined ? work : bounded(attempt, work, bound)
}

/** The store's own value where it has one, else a load. */
function seek(attempt: Attempt, far: Far): Promise<unknown> {
  const look = far.look()
  const place = look.add(attempt.flight.key)
  attempt.flight.startedAt = look.begunAt
  return look.answer.then(
    (answers) => meet(attempt, answers === failed ? failed : answers[place], look.answered),
    (error: unknown) => attempt.refused(error),
  )
}

function meet(attempt: Attempt, glance: Glance | Failed | undefined, at: Moment): unknown {
  if (glance instanceof Promise) return meetLater(attempt, glance)
  let brought: Brought | undefined
  try {
    brought = bring(attempt.parts, attempt.flight, glance, at)
  } catch (error) {
    return attempt.refused(error)
  }
  return land(attempt, glance, brought, at)
}

const meetLater = (attempt: Attempt, glance: Promise<Found>): Promise<unknown> =>
  attempt.parts.far!.settle(glance).then(
    (late) => meet(attempt, late, momentOf(attempt.parts.clock)),
    (error: unknown) => attempt.refused(error),
  )

/** What was brought of a store's answer, served where it may be; `at` is when it was seen. */
function land(attempt: Attempt, answer: Found | Failed | undefined, brought: Brought | undefined, at: Moment): unknown {
  const { parts, flight, load } = attempt
  let isOver = true
  try {
    if (brought !== undefined) {
      if (!isStale(brought, at)) return attempt.serve(brought, 'fresh')
      attempt.stale = brought
      if (at.monotonic < brought.freshUntil + load.policy.staleWhileRevalidate)
        return attempt.serve(brought, 'revalidate')
    } else if (answer !== failed && answer?.kind === 'missing') flight.absence = answer
    isOver = false
    return obtain(attempt)
  } finally {
    if (isOver) parts.flights.end(flight)
  }
}

/** The same for one flight of those that a look was made for together: what became of the others keeps none waiting. */
export function goOn(
  parts: Parts,
  flight: Flight,
  load: Load,
  glance: Glance | Failed | undefined,
  brought: Brought | undefined,
  at: Moment,
  refresh: Refresh,
): unknown {
  const attempt = new Attempt(parts, flight, load, 'absent', refresh, undefined)
  return glance instanceof Promise ? meetLater(attempt, glance) : land(attempt, glance, brought, at)
}

async function obtain(attempt: Attempt): Promise<unknown> {
  try {
    return await make(attempt)
  } finally {
    attempt.parts.flights.end(attempt.flight)
  }
}

async function make(attempt: Attempt): Promise<unknown> {
  const { parts, flight, load } = attempt
  let right: Claim = { kind: 'none' }
  if (parts.far !== undefined) {
    right = await claim(parts, flight, attempt.stale?.id, flight.behind, load.elsewhere)
    if (right.kind === 'value') return attempt.serve(right.entry, 'fresh')
    if (right.kind === 'elsewhere' && attempt.stale !== undefined) return attempt.serve(attempt.stale, 'stale')
  }
  const ticket = right.kind === 'granted' ? right.ticket : undefined
  const alone = right.kind === 'none' && parts.trust === undefined
  const place =
    parts.far === undefined || ticket !== undefined || alone ? 'kept' : right.kind === 'none' ? 'brief' : 'refused'
  attempt.tell('loaded')
  const started = parts.clock.monotonic()
  // A load that never settles must not keep others from the key.
  const stop = ticket === undefined ? undefined : renewing(parts, ticket, () => !flight.abandoned && !flight.detached)
  try {
    const value = await start(flight, load, attempt.stale)
    loaded(parts, flight.key, started, flight.behind, load)
    flight.shared = await keep(parts, flight, ticket, load, value, place)
    return value
  } catch (error) {
    loadFailed(parts, flight.key, started, flight.behind, error, load)
    if (ticket !== undefined) parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
    const rescue = flight.deserted ? undefined : rescued(parts, flight, load, attempt.stale)
    if (rescue !== undefined) return attempt.give(rescue)
    throw error
  } finally {
    stop?.()
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
function bounded(attempt: Attempt, work: Promise<unknown>, ms: number): Promise<unknown> {
  const { parts, flight, load } = attempt
  return new Promise((resolve, reject) => {
    const timer = parts.clock.after(ms, () => {
      parts.flights.abandon(flight)
      parts.background.run(() => work)
      const { stale } = attempt
      const grace = Math.max(load.policy.staleIfError, load.policy.staleWhileRevalidate)
      if (stale !== undefined && parts.clock.monotonic() < stale.freshUntil + grace)
        return resolve(attempt.serve(stale, 'stale'))
      attempt.tell('loaded')
      reject(
        new LoadTimeoutError(
          `cache '${parts.name}': a load took longer than its loadTimeout of ${ms} ms; it goes on, its callers do not wait for it`,
        ),
      )
    })
    work.then(
      (value) => {
        timer.stop()
        resolve(value)
      },
      (error) => {
        timer.stop()
        reject(error)
      },
    )
  })
}
