import { WriteBehindError } from '../kernel/errors.js'
import type { Group, PendingWrite } from './group.js'
import type { Operation } from './operation.js'
import { isFixed } from './payload.js'

type Decode = (text: string) => unknown

/** The key and the coalesced arguments of a group, from the text in the log. Throws what a codec, an upcaster or a merge throws. */
export function foldGroup(
  group: Group,
  operation: Operation,
  decode: Decode,
): { key: readonly unknown[]; args: any[] } {
  const last = group.writes[group.writes.length - 1]
  if (!last) throw new WriteBehindError('a group without writes')
  if (!operation.merge || group.writes.length === 1) return read(last, operation, decode)
  const { key } = read(last, operation, decode)
  return { key, args: [...mergeFrom(group, operation, decode, 0, undefined)] }
}

/** The coalesced arguments for a read: merged once per write, however often they are read. */
export function argsForRead(group: Group, operation: Operation, decode: Decode): readonly unknown[] {
  const count = group.writes.length
  const known = group.folded && group.folded.count <= count ? group.folded : undefined
  if (known?.count === count) return known.args
  const args = operation.merge
    ? mergeFrom(group, operation, decode, known?.count ?? 0, known?.args)
    : foldGroup(group, operation, decode).args
  group.folded = { count, args }
  return args
}

/**
 * Makes a write what it and a newer one come to: the text of that, or its arguments, all of them primitives. False where that is to be
 * seen when they drain: a merge that throws, or arguments kept as text.
 */
export function foldInto(older: PendingWrite, operation: Operation, newer: string | readonly unknown[]): boolean {
  const { merge } = operation
  if (older.payloadVersion !== operation.payloadVersion) return false
  if (typeof newer === 'string') {
    if (!merge) older.content = newer
    return !merge
  }
  const { content } = older
  if (typeof content === 'string') return false
  if (!merge) {
    content.args = newer
    return true
  }
  try {
    const args = merge(content.args, newer)
    if (!Array.isArray(args) || !isFixed(args)) return false
    content.args = args.slice()
    return true
  } catch {
    return false
  }
}

function mergeFrom(
  group: Group,
  operation: Operation,
  decode: Decode,
  from: number,
  start: readonly unknown[] | undefined,
) {
  let args = start
  for (const write of group.writes.slice(from)) {
    const newer = read(write, operation, decode).args
    args = args && operation.merge ? operation.merge(args, newer) : newer
    if (!Array.isArray(args)) throw new WriteBehindError(`merge of ${operation.name} must answer a list of arguments`)
  }
  return args ?? []
}

function read(write: PendingWrite, operation: Operation, decode: Decode): { key: readonly unknown[]; args: any[] } {
  const { content } = write
  const payload = typeof content === 'string' ? decode(content) : [content.key, content.args]
  if (!Array.isArray(payload) || !Array.isArray(payload[0]) || !Array.isArray(payload[1])) {
    throw new WriteBehindError(`the payload of write ${write.id} is not a key and arguments`)
  }
  const [key, args] = payload as [unknown[], unknown[]]
  if (write.payloadVersion === operation.payloadVersion) return { key, args }
  if (write.payloadVersion > operation.payloadVersion || !operation.upcast) {
    throw new WriteBehindError(
      `${operation.name} was logged with payloadVersion ${write.payloadVersion}, this release reads ` +
        `${operation.payloadVersion}: give it upcast(args, fromVersion)`,
    )
  }
  const raised = operation.upcast(args, write.payloadVersion)
  if (!Array.isArray(raised)) throw new WriteBehindError(`upcast of ${operation.name} must answer a list of arguments`)
  return { key, args: raised }
}
