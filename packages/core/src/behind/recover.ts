import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import type { LoggedWrite } from './write-log.js'

/** Puts what a log still had into the buffer; operations whose service is not there yet wait, and that is told. */
export function recover(
  writes: readonly LoggedWrite[],
  buffer: Buffer,
  drainer: Drainer,
  attempts: number,
  tell: Tell,
): void {
  buffer.restore(writes, attempts)
  for (const name of new Set(writes.map((write) => write.operation))) {
    const { operation } = drainer.line(name)
    if (operation) {
      buffer.coalesce(operation)
      drainer.bind(operation)
    }
    if (operation?.sink) continue
    const count = writes.filter((write) => write.operation === name).length
    tell({ type: 'write-parked', operation: name, writes: count, reason: unbound })
  }
}

/** Why writes of an operation without a service wait. */
export const unbound = 'no service has bound this operation yet'
