import type { Parts } from '../cache/parts.js'
import type { Access } from '../tier/far.js'

/** `opening`: not asked yet, or its opening is under way. */
export type Reach = 'opening' | 'reachable' | 'unreachable'

/** One store as this process sees it. */
export interface StoreHealth {
  readonly name: string
  readonly state: Reach
  /** Invalidations that it has not acknowledged; everything counts as one. */
  readonly owed: number
  /** Operations under way, those included whose callers have given up waiting. */
  readonly inFlight: number
  /** The caches on it, sorted. */
  readonly caches: readonly string[]
}

/** The write log as this process sees it. */
export interface WriteLogHealth {
  readonly name: string
  /** False: acknowledged writes die with the process. */
  readonly durable: boolean
  /** What its last opening, or its last mark, came to. */
  readonly state: Reach
  /** Acknowledged writes of all caches that are not in their sink. */
  readonly pending: number
  /** Age of the oldest of them, ms; 0: there is none. */
  readonly oldestMs: number
}

/** What works. `ok` is false while a store or the write log is out of reach: reads go on without, so it is no reason to stop serving. */
export interface Health {
  readonly ok: boolean
  readonly stores: readonly StoreHealth[]
  /** Undefined: the manager was given none. */
  readonly writeLog?: WriteLogHealth
}

/** `cachesOf` names the caches on a store, used or not; `parts` are those in use. */
export function healthOf(
  stores: readonly Access[],
  cachesOf: (store: Access) => readonly string[],
  parts: readonly Parts[],
  writeLog: WriteLogHealth | undefined,
): Health {
  const told = stores.map((access): StoreHealth => {
    const owing = parts.filter(({ far }) => far?.store === access.store)
    return {
      name: access.store.name,
      state: access.breaker.open ? 'unreachable' : access.isOpen ? 'reachable' : 'opening',
      owed: owing.reduce((sum, { far }) => sum + far!.owed.size, 0),
      inFlight: access.inFlight.count,
      caches: cachesOf(access),
    }
  })
  const ok = [writeLog, ...told].every((one) => one?.state !== 'unreachable')
  return { ok, stores: told, ...(writeLog !== undefined && { writeLog }) }
}
