import type { DeadLetter, DeadWrite } from '@cachesmith/core'
import type { Asked } from './asked.js'
import { mostOfValue } from './entry.js'
import { Refused } from './refused.js'

/** Write-behind of one cache: what is pending, what waits for a service, what was given up. Its arguments, as the log has them, only where values are told. */
export async function tellWrites(asked: Asked, values: boolean) {
  const cache = asked.only('cache').cache()
  const deadLetters = (await cache.writes.deadLetters()).map((letter) => letterOf(letter, values))
  const { pending, oldestPendingMs } = cache.stats()
  return { pending, oldestMs: oldestPendingMs, parked: cache.writes.parked(), deadLetters }
}

/** Field by field: what core answers may be all that the log keeps. */
function letterOf(letter: DeadLetter & Partial<DeadWrite>, values: boolean) {
  const { id, operation, enqueuedAt, diedAt, reason, payload } = letter
  const told = { id, operation, enqueuedAt, diedAt, reason }
  return values && payload !== undefined ? { ...told, payload: payload.slice(0, mostOfValue) } : told
}

/** Runs a dead letter again, or forgets it. */
export async function settleWrite(asked: Asked, verb: 'replay' | 'discard'): Promise<{ done: true }> {
  const cache = asked.only('cache', 'id').cache()
  const done = await cache.writes[verb](asked.need('id'))
  if (!done)
    throw new Refused(404, 'WRITE', `Cache '${cache.name}' has no dead letter of this id: somebody else was first.`)
  return { done }
}

/** Answers when what is pending now is done or dead. */
export async function flushWrites(asked: Asked): Promise<{ flushed: true }> {
  await asked.only('cache').cache().writes.flush()
  return { flushed: true }
}
