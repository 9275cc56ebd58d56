import type { Entry } from '../entry/entry.js'
import type { Parts } from './parts.js'
import type { Pending } from './pending.js'

/** After so many loads that a drain has overlapped, the key's drains wait for the next one. */
const patience = 3

/**
 * A read of a key with pending writes: what they make of the cached value, or, where they cannot say, the value after they were
 * drained. What is loaded while the sink has a call with the key's writes may hold them or not: that is not folded, it is loaded again.
 */
export async function readDirty(parts: Parts, writes: Pending, key: string, clean: () => unknown): Promise<unknown> {
  if (writes.opening) await writes.opening
  let release = () => {}
  try {
    for (let tries = 0; writes.dirty(key); tries++) {
      if (writes.overlay(key, undefined).kind === 'flush') {
        await writes.flush(key)
        break
      }
      if (tries === patience) release = writes.hold(key)
      const told = await fold(parts, writes, key, clean, tries >= patience)
      if (told !== undefined) return told.value
    }
  } finally {
    release()
  }
  return clean()
}

/** One try: undefined where a call of the sink has overlapped what was read. */
async function fold(
  parts: Parts,
  writes: Pending,
  key: string,
  clean: () => unknown,
  last: boolean,
): Promise<{ readonly value: unknown } | undefined> {
  const entry = fresh(parts, key)
  // An entry from before the call is without its writes; a load would not be.
  const call = entry === undefined ? writes.call(key) : undefined
  if (call !== undefined) {
    await call
    return undefined
  }
  const before = writes.stamp(key)
  const cached = await clean()
  const now = writes.overlay(key, cached)
  const same = writes.stamp(key) === before && (entry === undefined || fresh(parts, key) === entry)
  if (!same && !last) return undefined
  if (now.kind === 'value') return { value: now.value }
  return now.kind === 'clean' ? { value: cached } : undefined
}

function fresh(parts: Parts, key: string): Entry | undefined {
  const entry = parts.near?.peek(key)
  return entry !== undefined && parts.clock.monotonic() < entry.freshUntil ? entry : undefined
}
