import type { Entry } from '../entry/entry.js'
import type { Shared } from '../entry/share.js'
import type { Flight } from '../flight/flights.js'
import { LoadTimeoutError } from '../kernel/errors.js'
import type { MissReason } from '../kernel/events.js'
import type { Found } from '../store/store.js'
import { type Failed, type Far, failed } from '../tier/far.js'
import { type Moment, momentOf } from '../tier/look.js'
import { type Claim, claim, enter } from './claim.js'
import { explained, hit, loaded, loadFailed } from './count.js'
import { start } from './current-load.js'
import type { Load, Parts } from './parts.js'
import { renewing } from './renew.js'
import { give } from './give.js'
import { open } from './open.js'
import { keep } from './write.js'

/** How a load ended for its callers; 'revalidate': the stale value of the store, which is to be refreshed behind. */
type How = 'fresh' | 'stale' | 'revalidate' | 'loaded'

/** Loads an entry anew behind its hit. */
export type Refresh = (parts: Parts, key: string, load: Load, entry: Entry) => void

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

/** A load on its way. An object and no closures: a hit in a store pays for each thing that is made for it. */
class Attempt {
  #isTold = false

  constructor(
    readonly parts: Parts,
    readonly flight: Flight,
    readonly load: Load,
    readonly why: MissReason,
    readonly refresh: Refresh,
    public stale: Entry | undefined,
  ) {}

  /** Counts and tells how it ended for its callers, once. */
  tell(how: How): void {
    if (this.#isTold) return
    this.#isTold = true
    const { parts, flight, load, stale } = this
    const { key } = flight
    if (flight.behind) return
    if (how === 'loaded') {
      const { why, tag } = flight.absence ?? { why: 'absent' as const, tag: undefined }
      return explained(parts, key, load, why === 'absent' ? this.why : why, tag)
    }
    if (how === 'revalidate')
      parts.background.run(() => flight.promise.then(() => this.refresh(parts, key, load, stale!)))
    hit(parts, key, 'store', how !== 'fresh', load)
  }

  /** Gives a value to its caller, and to those who joined. */
  serve(value: Shared, how: How): unknown {
    this.tell(how)
    return this.give(value)
  }
  give(value: Shared): unknown {
    this.flight.shared = value
    return give(value)
  }
}

/** The store's own value where it has one, else a load. */
function seek(attempt: Attempt, far: Far): Promise<unknown> {
  const look = far.look()
  const place = look.add(attempt.flight.key)
  attempt.flight.startedAt = look.begunAt
  const { parts } = attempt
  const refused = (error: unknown): never => {
    parts.flights.end(attempt.flight)
    throw error
  }
  return look.answer.then((answers) => {
    const found = answers === failed ? failed : answers[place]
    if (found instanceof Promise)
      return far.settle(found).then((late) => land(attempt, late, momentOf(parts.clock)), refused)
    return land(attempt, found, look.answered)
  }, refused)
}

/** What the store has, served where it may be; `at` is when it was seen. */
function land(attempt: Attempt, answer: Found | Failed | undefined, at: Moment): unknown {
  const { parts, flight, load } = attempt
  let isOver = true
  try {
    if (answer !== failed && answer?.kind === 'found') {
      const opened = open(parts, flight.key, answer, at.wall)
      if (opened !== undefined) {
        // Without memory nobody keeps the entry, so none is made.
        const isDone = parts.near === undefined && !answer.expired && opened.age < opened.envelope.fresh
        if (isDone) return attempt.serve(opened, 'fresh')
        const now = at.monotonic
        const found = enter(parts, flight, answer, opened, now)
        if (now < found.freshUntil) return attempt.serve(found, 'fresh')
        attempt.stale = found
        if (now < found.freshUntil + load.policy.staleWhileRevalidate) return attempt.serve(found, 'revalidate')
      }
    } else if (answer !== failed) flight.absence = answer
    isOver = false
    return obtain(attempt)
  } finally {
    if (isOver) parts.flights.end(flight)
  }
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
