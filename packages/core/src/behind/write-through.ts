import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import { newGroup, type PendingWrite } from './group.js'
import type { Operation } from './operation.js'
import { lateError } from './turned-away.js'
import type { WritesParts } from './writes-parts.js'

/** Runs the method itself, behind what is pending on its key; nothing is logged, its error is the caller's. */
export function writeThrough(
  operation: Operation,
  key: string,
  write: PendingWrite,
  buffer: Buffer,
  drainer: Drainer,
  { clock, options }: WritesParts,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const group = newGroup(operation.name, [write], Number.NEGATIVE_INFINITY, { resolve, reject })
    const lane = buffer.push(key, group)
    const limit = clock.after(options.timeout, () => {
      if (group.stage !== 'open') return
      buffer.remove(lane, group)
      reject(lateError(operation, options.timeout))
    })
    group.waiters = [() => limit.stop()]
    drainer.hurry(lane)
  })
}
