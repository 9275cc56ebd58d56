import type { Clock } from '../kernel/clock.js'
import { backoff } from './backoff.js'
import type { Taken } from './batch.js'
import type { Buffer } from './buffer.js'
import type { Tell } from './event.js'
import { groupId, type Group } from './group.js'
import type { Line } from './line.js'
import type { WritesOptions } from './options.js'
import { reasonOf } from './reason.js'

/** What a failed call leads to. */
export type Setback =
  /** The sink fails for everyone: the line backs off, no write is blamed. */
  | { readonly kind: 'sink-out'; readonly delay: number; readonly reason: string }
  /** Someone in the batch is bad: it runs again at once, in halves. */
  | { readonly kind: 'halved'; readonly delay: 0; readonly reason: string }
  /** It failed on its own: its key pauses. */
  | { readonly kind: 'pause'; readonly delay: number; readonly reason: string }
  /** It is given up. */
  | { readonly kind: 'hopeless'; readonly reason: string }

interface Judging {
  readonly line: Line
  readonly buffer: Buffer
  readonly clock: Clock
  readonly options: WritesOptions
  readonly random: () => number
}

/** Judges a failed call: a bad write, a bad batch, or a sink that is out. */
export function judge(taken: readonly Taken[], error: unknown, judging: Judging): Setback {
  const { line, clock, options, random } = judging
  const { group, lane } = taken[0] as Taken
  const reason = reasonOf(error)
  const now = clock.monotonic()
  for (const one of taken) one.group.failedAt ??= now
  // Since it failed first the sink has worked for others: this says nothing of the sink.
  const blamed = taken.length === 1 && line.lastSuccessAt >= (group.failedAt ?? now)
  if (!blamed && line.isOut) return out(judging, reason)
  if (taken.length > 1) {
    for (const one of taken) one.group.company = Math.ceil(taken.length / 2)
    return { kind: 'halved', delay: 0, reason }
  }
  if (!blamed && line.failed(lane.key)) return out(judging, reason)
  group.failures += 1
  if (isHopeless(group, judging)) return { kind: 'hopeless', reason }
  return { kind: 'pause', delay: backoff(options.backoff, group.failures, random), reason }
}

function out({ line, options, random }: Judging, reason: string): Setback {
  line.tries += 1
  return { kind: 'sink-out', delay: backoff(options.backoff, line.tries, random), reason }
}

/** Out of attempts, and the sink is known to work since it failed, or there is no other write left to ask the sink with. */
function isHopeless(group: Group, { line, buffer, options }: Judging): boolean {
  if (group.failures < options.attempts) return false
  if (line.lastSuccessAt >= (group.failedAt ?? 0)) return true
  for (const lane of buffer.lanes.values()) {
    const head = lane.groups[0]
    if (!head || head === group || head.operation !== line.name || lane.parked !== undefined) continue
    if (lane.taken > 0 || head.failedAt === undefined) return false
  }
  return true
}

/** The event of a setback that is tried again. */
export function tellRetry(tell: Tell, line: Line, taken: readonly Taken[], setback: Setback & { delay: number }): void {
  const { group } = taken[0] as Taken
  const { delay, reason } = setback
  if (setback.kind === 'sink-out') tell({ type: 'write-sink-out', operation: line.name, delay, reason })
  const { attempts: attempt } = group
  tell({ type: 'write-retry', operation: line.name, id: groupId(group), calls: taken.length, attempt, delay, reason })
}
