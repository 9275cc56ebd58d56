import { CacheValueError, WriteBehindError } from '../kernel/errors.js'
import type { Operation } from './operation.js'
import { reasonOf } from './reason.js'

/** A write after close. */
export function closedError(): WriteBehindError {
  return new WriteBehindError('write-behind is closed: this write was not taken')
}

/** Says which argument does not survive the log: `value[1][0].socket` of the payload is `args[0].socket` to the caller. */
export function unfitError(operation: Operation, error: unknown): WriteBehindError {
  const path =
    error instanceof CacheValueError
      ? error.path.replace(/^value(?:\[1\]|\.1)/, 'args').replace(/^value(?:\[0\]|\.0)/, 'key')
      : undefined
  const where = path === undefined ? '' : `${path} `
  return new WriteBehindError(
    `a write of ${operation.name} cannot be logged: ${where}does not survive the codec (${reasonOf(error)})`,
    { cause: error },
  )
}

/** A full buffer, by policy. */
export function fullError(maxPending: number): WriteBehindError {
  return new WriteBehindError(`write-behind is full: ${maxPending} writes are pending (maxPending)`)
}

/** A write-through that could not begin in time. */
export function lateError(operation: Operation, ms: number): WriteBehindError {
  const text = `write-behind is full, and older writes of this key kept ${operation.name} waiting for ${ms} ms`
  return new WriteBehindError(text)
}

/** A log that did not take a write. */
export function refusedError(operation: Operation, cause: unknown): WriteBehindError {
  return new WriteBehindError(`the write log did not take a write of ${operation.name}: ${reasonOf(cause)}`, { cause })
}

/** A log that could not be read at start. */
export function unopenedError(cause: unknown): WriteBehindError {
  return new WriteBehindError(`the write log did not open: ${reasonOf(cause)}`, { cause })
}
