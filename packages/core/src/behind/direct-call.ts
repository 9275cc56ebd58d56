import type { DrainParts } from './drain-parts.js'
import { foldGroup } from './fold.js'
import { beginCall, endCall, groupId, type Group, type Lane } from './group.js'
import type { Operation, Sink } from './operation.js'
import { handOver } from './sink-call.js'

/** Runs a write that was not logged, once; how it ends is its caller's. */
export async function callDirect(
  lane: Lane,
  group: Group,
  operation: Operation,
  sink: Sink,
  parts: DrainParts,
): Promise<void> {
  const { buffer, decode, onCall, onApplied } = parts
  lane.taken = 1
  group.stage = 'claimed'
  try {
    const write = { id: groupId(group), ...foldGroup(group, operation, decode) }
    beginCall(lane)
    onCall([lane.key])
    const outcome = await handOver(sink, [{ lane, group, write }], parts)
    if (outcome.kind === 'failed') throw outcome.error
    await Promise.allSettled([(async () => onApplied([lane.key]))()])
    group.direct?.resolve()
  } catch (error) {
    group.direct?.reject(error)
  }
  endCall(lane)
  buffer.remove(lane, group)
}
