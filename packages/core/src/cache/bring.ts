import { Entry } from '../entry/entry.js'
import type { Flight } from '../flight/flight.js'
import type { Found } from '../store/store.js'
import { type Failed, failed } from '../tier/far.js'
import type { Moment } from '../tier/look.js'
import { enter } from './claim.js'
import { type Opened, open } from './open.js'
import type { Parts } from './parts.js'

/** What a store has that can be read: an entry, or, where there is no memory to keep one, a fresh value as it was opened. */
export type Brought = Entry | Opened

/** Reads what a store has answered, and keeps it in memory where there is one; undefined where that is nothing of use. */
export function bring(
  parts: Parts,
  flight: Flight,
  answer: Found | Failed | undefined,
  at: Moment,
): Brought | undefined {
  if (answer === undefined || answer === failed || answer.kind === 'missing') return undefined
  const opened = open(parts, flight.key, answer, at.wall)
  if (opened === undefined) return undefined
  const isFresh = !answer.expired && opened.age < opened.envelope.fresh
  return parts.near === undefined && isFresh ? opened : enter(parts, flight, answer, opened, at.monotonic)
}

/** It is past its time: to be served only where that may be. */
export const isStale = (brought: Brought, at: Moment): brought is Entry =>
  brought instanceof Entry && at.monotonic >= brought.freshUntil
