import type { Timer } from '../kernel/clock.js'
import type { Held } from './hold.js'
import type { Payload } from './payload.js'
import type { LoggedWrite } from './write-log.js'

/** One write as the buffer holds it. Arguments stay text until they are needed, so that a sink sees what the log has. */
export interface PendingWrite {
  readonly id: string
  /** Emptied once a newer one of its group, durable as well, has replaced it. */
  content: Payload
  readonly payloadVersion: number
  readonly enqueuedAt: number
  /** Whether the log has it for sure; only such writes drain. */
  acked: boolean
}

/** How far a group is: `open` still coalesces, `claimed` runs as it is until it ends, `applied` only lacks its mark in the log. */
export type GroupStage = 'open' | 'claimed' | 'applied'

/** A caller whose write runs without a log, since the buffer was full. */
export interface Direct {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Neighbouring writes of one operation on one key that run as one call. Its id is that of its first write. */
export interface Group {
  readonly operation: string
  readonly writes: PendingWrite[]
  /** How many of its first writes the log has for sure. */
  durable: number
  stage: GroupStage
  /** Monotonic; not before. */
  dueAt: number
  /** Calls that began, as the log counts them. */
  attempts: number
  /** Failures on its own, while the sink worked for others. */
  failures: number
  /** Monotonic time of the first failure. */
  failedAt?: number
  /** In how large a batch it may stand: halved by each batch that failed with it. */
  company: number
  readonly direct?: Direct
  /** A call of it began in an earlier process: whether the sink has it is not known. */
  revenant?: boolean
  /** Who waits until it is done, dead or parked. */
  waiters?: (() => void)[]
  /** Arguments folded so far, for reads. */
  folded?: { readonly count: number; readonly args: readonly unknown[] }
}

/** The groups of one key, in order. */
export interface Lane {
  readonly key: string
  readonly groups: Group[]
  /** How many of the first groups are in a call under way. */
  taken: number
  /** Another object each time that a call of its sink begins or ends: what was loaded in between may hold its writes, or not. */
  stamp: object
  /** Who waits for the end of the sink's call under way; undefined: there is none. */
  calmers?: (() => void)[]
  /** While it is there no call begins. */
  held?: Held
  /** Its pause after a failure. */
  pause?: Timer
  /** Why its first group cannot run. */
  parked?: string
  /** The set of ready lanes that it stands in. */
  ready?: Set<Lane>
}

/** A call of the sink begins: from now on nobody can tell whether what is loaded holds these writes. */
export function beginCall(lane: Lane): void {
  lane.stamp = {}
  lane.calmers ??= []
}

/** It ended: what is loaded from now on can be told. */
export function endCall(lane: Lane): void {
  const { calmers } = lane
  if (calmers === undefined) return
  lane.stamp = {}
  lane.calmers = undefined
  for (const wake of calmers) wake()
}

/** A new group of these writes; `open` unless they ran before. */
export function newGroup(operation: string, writes: PendingWrite[], dueAt: number, direct?: Direct): Group {
  const group: Group = {
    operation,
    writes,
    durable: 0,
    stage: 'open',
    dueAt,
    attempts: 0,
    failures: 0,
    company: Number.POSITIVE_INFINITY,
    direct,
  }
  advance(group, false)
  return group
}

/** The id of the group, and its idempotency key. */
export const groupId = (group: Group): string => group.writes[0]?.id ?? ''

export const writeIdsOf = (group: Group): string[] => group.writes.map((write) => write.id)

/** Counts the leading writes that are durable; where the newest wins, the payloads of those before it are let go. */
export function advance(group: Group, newestWins: boolean): void {
  while (group.writes[group.durable]?.acked) {
    group.durable += 1
    const replaced = group.writes[group.durable - 2]
    if (newestWins && replaced) replaced.content = ''
  }
}

export function pendingOf(logged: LoggedWrite, acked: boolean): PendingWrite {
  const { id, payload, payloadVersion, enqueuedAt } = logged
  return { id, content: payload, payloadVersion, enqueuedAt, acked }
}

/** Tells those who wait that the group came to its end. */
export function settle(group: Group): void {
  const { waiters } = group
  group.waiters = undefined
  if (waiters) for (const wake of waiters) wake()
}
