import { unseal, seal } from '../entry/envelope.js'
import type { Writing } from '../flight/flights.js'
import type { Heard } from '../store/store.js'
import { failed } from '../tier/far.js'
import { type Parts, tell } from './parts.js'

/** Drops keys here: memory, and the right of loads under way to be kept. Synchronous: who calls after this starts anew. */
function dropKeys(parts: Parts, keys: readonly string[], except?: Writing): void {
  parts.position.tick()
  for (const key of keys) {
    parts.near?.delete(key)
    parts.flights.detach(key, except)
  }
}

function dropAll(parts: Parts, except?: Writing): void {
  parts.position.clear()
  parts.near?.clear()
  parts.flights.detachAll(except)
}

/** Removes entries. Applied here before it is sent, and again when the store has answered: what was read meanwhile goes as well. */
export async function evictKeys(parts: Parts, keys: readonly string[], except?: Writing): Promise<void> {
  if (keys.length === 0) return
  dropKeys(parts, keys, except)
  parts.stats.invalidations++
  tell(parts, { type: 'evict', cache: parts.name, keys })
  if (parts.far === undefined) return
  await parts.far.evict(keys)
  dropKeys(parts, keys, except)
}

/** Outdates every entry that bears one of these tags: one write, whatever it covers. */
export async function evictTags(parts: Parts, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return
  parts.position.invalidate(tags)
  parts.stats.invalidations++
  tell(parts, { type: 'evict-tags', cache: parts.name, tags })
  if (parts.far === undefined) return
  await parts.far.evictTags(tags)
  parts.position.invalidate(tags)
}

export async function clear(parts: Parts, except?: Writing): Promise<void> {
  dropAll(parts, except)
  parts.stats.invalidations++
  tell(parts, { type: 'clear', cache: parts.name })
  if (parts.far === undefined) return
  await parts.far.clear()
  dropAll(parts, except)
}

/** Makes entries stale, not gone: still served within staleWhileRevalidate and staleIfError. */
export async function expire(parts: Parts, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const now = parts.clock.monotonic()
  parts.position.tick()
  for (const key of keys) {
    parts.flights.detach(key)
    const entry = parts.near?.peek(key)
    if (entry === undefined) continue
    entry.freshUntil = Math.min(entry.freshUntil, now)
    entry.refreshAt = Math.min(entry.refreshAt, now)
  }
  if (parts.far === undefined) return
  const wall = parts.clock.now()
  const rewrites = new Map(keys.map((key) => [key, key]))
  const stale = (text: string) => {
    for (const key of rewrites.keys()) {
      const envelope = unseal(text, key)
      if (envelope !== undefined)
        return seal({ ...envelope, fresh: Math.min(envelope.fresh, Math.max(0, wall - envelope.createdAt)) })
    }
    return undefined
  }
  if ((await parts.far.expire(keys, stale)) === failed) await evictKeys(parts, keys)
}

/** Applies what others did to a shared store; never sends it on. */
export function applyHeard(parts: Parts, heard: Heard): void {
  if (heard.kind === 'unknown') return dropAll(parts)
  if (heard.kind === 'nothing') return
  if (heard.keys.length > 0) dropKeys(parts, heard.keys)
  if (heard.tags.length > 0) parts.position.invalidate(heard.tags)
}
