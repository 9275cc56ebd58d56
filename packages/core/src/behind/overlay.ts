import type { Buffer } from './buffer.js'
import { argsForRead } from './fold.js'
import type { Line } from './line.js'

/** What a read of a key gives while writes on it are pending. */
export type Overlay =
  | { readonly kind: 'clean' }
  | { readonly kind: 'value'; readonly value: unknown }
  /** It cannot be known: flush the key, then load. */
  | { readonly kind: 'flush' }

const clean: Overlay = { kind: 'clean' }
const flush: Overlay = { kind: 'flush' }

/** Whether a key has a write that its sink does not have yet. */
export function isDirty(buffer: Buffer, key: string): boolean {
  const lane = buffer.lanes.get(key)
  return lane?.groups.some((group) => group.stage !== 'applied' && !group.direct) ?? false
}

/** Folds the pending writes of a key over what is cached, oldest first. */
export function overlayOf(
  buffer: Buffer,
  lines: ReadonlyMap<string, Line>,
  key: string,
  cached: unknown,
  decode: (text: string) => unknown,
): Overlay {
  const lane = buffer.lanes.get(key)
  if (!lane) return clean
  let value = cached
  let found = false
  for (const group of lane.groups) {
    if (group.stage === 'applied' || group.direct) continue
    const operation = lines.get(group.operation)?.operation
    // A call of it may have come to its end without its mark: what is loaded may hold it.
    if (!operation?.value || (group.revenant && group.stage === 'claimed')) return flush
    try {
      value = operation.value(value, ...argsForRead(group, operation, decode))
    } catch {
      return flush
    }
    found = true
  }
  return found ? { kind: 'value', value } : clean
}
