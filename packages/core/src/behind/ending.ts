import type { Taken } from './batch.js'
import type { DrainParts } from './drain-parts.js'
import { endCall, groupId, writeIdsOf } from './group.js'
import type { Line } from './line.js'

/**
 * Ends a call that worked: the cache hears of it, the log forgets the writes, then their keys go on. A key is held until the mark
 * is in the log: were the next write of it marked first, a crash between would run the older one after it.
 */
export async function succeed(line: Line, taken: readonly Taken[], parts: DrainParts): Promise<void> {
  const { clock, buffer, marks, tell, onApplied } = parts
  if (line.worked(clock.monotonic())) tell({ type: 'write-sink-back', operation: line.name })
  const marked = marks.done(taken.flatMap(({ group }) => writeIdsOf(group)))
  const lanes = new Set(taken.map(({ lane }) => lane))
  await Promise.allSettled([(async () => onApplied(Array.from(lanes, ({ key }) => key)))()])
  for (const { group } of taken) group.stage = 'applied'
  for (const lane of lanes) endCall(lane)
  if (!(await marked)) return
  for (const { lane, group } of taken) {
    tell({ type: 'write-done', operation: line.name, id: groupId(group), writes: group.writes.length })
    buffer.remove(lane, group)
  }
}

/** Gives a write up: it becomes a dead letter, and its key goes on. */
export async function bury(line: Line, { lane, group }: Taken, reason: string, parts: DrainParts): Promise<void> {
  const { buffer, clock, marks, tell } = parts
  if (!(await marks.bury(writeIdsOf(group), reason, clock.now()))) return
  tell({ type: 'write-dead', operation: line.name, id: groupId(group), writes: group.writes.length, reason })
  buffer.remove(lane, group)
}
