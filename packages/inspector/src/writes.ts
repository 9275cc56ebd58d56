import type { DeadLetter } from '@cachesmith/core'
import type { Asked } from './asked.js'
import { mostOfValue } from './entry.js'
import { Refused } from './refused.js'

/** Write-behind of one cache: what is pending, what waits for a service, what was given up. Its arguments, as the log has them, only where values are told. */
export async function tellWrites(asked: Asked, values: boolean) {
  const cache = asked.only('cache').cache()
  const deadLetters = (await cache.writes.deadLetters({ content: values })).map(letterOf)
  const { pending, oldestPendingMs } = cache.stats()
  return { pending, oldestMs: oldestPendingMs, parked: cache.writes.parked(), deadLetters }
}

function letterOf({ key: _key, payload, ...told }: DeadLetter) {
  return payload === undefined ? told : { ...told, payload: payload.slice(0, mostOfValue) }
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
