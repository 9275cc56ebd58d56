import type { ParkedWrites } from '../cache/pending.js'
import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import { unbound } from './recover.js'

/** What is parked, by operation and reason; what stands behind it on its key is not counted. */
export function parkedWrites(buffer: Buffer, drainer: Drainer): ParkedWrites[] {
  const found = new Map<string, ParkedWrites>()
  for (const lane of buffer.lanes.values()) {
    const [head] = lane.groups
    if (head === undefined || !drainer.isParked(lane)) continue
    const { operation } = head
    const reason = lane.parked ?? unbound
    const writes = (found.get(`${operation}\n${reason}`)?.writes ?? 0) + head.writes.length
    found.set(`${operation}\n${reason}`, { operation, writes, reason })
  }
  return [...found.values()]
}
