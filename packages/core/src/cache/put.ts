import { share } from '../entry/share.js'
import type { Writing } from '../flight/flights.js'
import type { Ticket } from '../store/store.js'
import { type Failed, type Far, failed } from '../tier/far.js'
import type { Load, Parts } from './parts.js'
import { type Prepared, prepare } from './prepare.js'
import { renewing } from './renew.js'

/** A write that takes longer than this (ms) is held to be one that never ends: its place is free for others again. */
const longestWrite = 600_000

/**
 * A write-through before its method runs: its place in the store, where there is one. A place that could not be had is not asked for
 * again once the method has run: others may have written meanwhile.
 */
export interface Put {
  readonly writing: Writing
  readonly ticket: Ticket | Failed | undefined
  /** Where its key is not known yet: the position of a shared store from before the method. */
  readonly since?: string | Failed | undefined
  /** Ends the renewal of its place. */
  readonly stop?: (() => void) | undefined
}

/** A write-through whose method has run: what it stores, or undefined where its key is only evicted. */
export interface Putting {
  readonly key: string
  readonly write: Put
  readonly prepared: Prepared | undefined
}

/** Takes the writer's place on a key before the method runs; `key` is undefined where only the result will tell it. */
export function beginPut(parts: Parts, key: string | undefined): Put | Promise<Put> {
  const writing = parts.flights.beginWriting(key)
  if (parts.far === undefined) return { writing, ticket: undefined }
  if (key === undefined) {
    if (!parts.far.store.capabilities.shared) return { writing, ticket: undefined }
    return parts.far.position().then((since) => ({ writing, ticket: undefined, since }))
  }
  return parts.far.beginPut(key).then((ticket) => {
    if (ticket === failed) return { writing, ticket }
    const end = parts.clock.monotonic() + longestWrite
    return { writing, ticket, stop: renewing(parts, ticket, () => parts.clock.monotonic() < end) }
  })
}

/** The write-through is over, whatever came of it. */
export function endPut(parts: Parts, { writing, stop }: Put): void {
  stop?.()
  parts.flights.endWriting(writing)
}

/**
 * The place in the store of a write-through whose key only its result has told. It is good only if nobody has done anything in this
 * cache since the method began: its own key was not watched.
 */
export async function placeAfter(far: Far, { since }: Put, key: string): Promise<Ticket | Failed> {
  const ticket = await far.beginPut(key)
  if (since === undefined || ticket === failed) return ticket
  const now = since === failed ? failed : await far.position()
  if (now !== failed && now === since) return ticket
  await far.release(ticket)
  return failed
}

/** The method has run: what its result would store. Asks the user's callbacks; applied by `apply`. */
export function puttingOf(parts: Parts, write: Put, key: string, load: Load, value: unknown): Putting {
  if (write.writing.key === undefined) parts.flights.name(write.writing, key)
  return { key, write, prepared: prepare(parts, key, parts.position.n, load, value, share(value, parts.clone)) }
}

/** The method threw, or nothing came of it: nothing is stored, nothing evicted, the writer's place is free again. */
export function abandonPut(parts: Parts, write: Put): void {
  endPut(parts, write)
  const { ticket } = write
  if (ticket !== undefined && ticket !== failed)
    parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
}
