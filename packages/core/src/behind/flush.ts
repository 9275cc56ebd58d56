import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import type { Lane } from './group.js'

/** Waits until what a key has pending now is done or dead. A key that is parked is not waited for. */
export async function drained(lane: Lane, buffer: Buffer, drainer: Drainer): Promise<void> {
  let newest = ''
  for (const group of lane.groups) for (const { id } of group.writes.slice(-1)) if (id > newest) newest = id
  while (buffer.lanes.get(lane.key) === lane && !drainer.isParked(lane)) {
    const last = lane.groups.findLast((group) => (group.writes[0]?.id ?? '') <= newest)
    if (!last) return
    await new Promise<void>((resolve) => {
      last.waiters = [...(last.waiters ?? []), resolve]
    })
  }
}
