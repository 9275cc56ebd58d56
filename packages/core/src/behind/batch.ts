import type { Buffer } from './buffer.js'
import { foldGroup } from './fold.js'
import { groupId, type Group, type Lane } from './group.js'
import type { Line } from './line.js'
import type { Operation, Sink, Write } from './operation.js'
import { reasonOf } from './reason.js'

/** A group in a call, and what its sink gets of it. */
export interface Taken {
  readonly lane: Lane
  readonly group: Group
  readonly write: Write
}

/** The groups of one call, in order per key, and the keys whose first group cannot be read. */
export interface Batch {
  readonly sink: Sink
  readonly taken: Taken[]
  readonly unreadable: { readonly lane: Lane; readonly reason: string }[]
}

/** Where a batch comes from. */
export interface BatchSource {
  readonly line: Line
  readonly operation: Operation
  readonly sink: Sink
  readonly buffer: Buffer
  readonly decode: (text: string) => unknown
  readonly now: number
  readonly maxBatch: number
}

/** Takes the groups of one call: one, unless the sink takes many; several of one key stand in it in their order. */
export function takeBatch(source: BatchSource): Batch {
  const { line, sink, maxBatch } = source
  const batch: Batch = { sink, taken: [], unreadable: [] }
  const [company, lanes] = line.nextCompany() ?? [1, new Set<Lane>()]
  const most = line.phase === 'probing' || !sink.many ? 1 : Math.max(1, Math.min(company, maxBatch))
  for (const lane of lanes) {
    lanes.delete(lane)
    lane.ready = undefined
    takeFrom(lane, company, most, source, batch)
    if (batch.taken.length >= most) break
  }
  return batch
}

function takeFrom(lane: Lane, company: number, most: number, source: BatchSource, batch: Batch): void {
  while (batch.taken.length < most) {
    const group = lane.groups[lane.taken]
    if (!group || !mayFollow(group, company, source)) return
    if (group.stage === 'open') source.buffer.split(lane, group, group.durable)
    const write = readWrite(lane, group, source)
    if (typeof write === 'string') {
      if (lane.taken === 0) batch.unreadable.push({ lane, reason: write })
      return
    }
    group.stage = 'claimed'
    lane.taken += 1
    batch.taken.push({ lane, group, write })
  }
}

function mayFollow(group: Group, company: number, { operation, now }: BatchSource): boolean {
  return (
    group.operation === operation.name &&
    !group.direct &&
    group.durable > 0 &&
    group.dueAt <= now &&
    group.company === company
  )
}

/** The write of a group, or why there is none. Where writes cannot be merged, the first of them goes on its own. */
function readWrite(lane: Lane, group: Group, { operation, decode, buffer }: BatchSource): Write | string {
  for (;;) {
    try {
      return { id: groupId(group), ...foldGroup(group, operation, decode) }
    } catch (error) {
      if (group.stage !== 'open' || group.writes.length === 1) return reasonOf(error)
      buffer.split(lane, group, 1)
    }
  }
}
