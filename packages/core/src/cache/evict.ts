import { seal, unseal } from '../entry/envelope.js'
import type { Writing } from '../flight/flights.js'
import type { Heard, Invalidations } from '../store/store.js'
import { failed } from '../tier/far.js'
import type { Originator } from './ledger.js'
import { type Parts, tell } from './parts.js'

const only = (what: Partial<Invalidations>): Invalidations => ({ keys: [], tags: [], all: false, ...what })

/** Voids here what is named: memory, and the right of loads under way to be kept. Synchronous: who calls after this starts anew. */
export function drop(parts: Parts, { keys, tags, all }: Invalidations, except?: ReadonlySet<Writing>): void {
  if (all) {
    parts.position.clear()
    parts.near?.clear()
    parts.flights.detachAll(except)
    return
  }
  if (tags.length > 0) parts.position.invalidate(tags)
  if (keys.length === 0) return
  parts.position.tick()
  for (const key of keys) {
    parts.near?.delete(key)
    parts.flights.detach(key, except)
  }
}

/** Counts and tells an invalidation that is being applied here. */
export function recorded(parts: Parts, what: Invalidations, by: Originator, where: string | undefined): void {
  const { keys, tags, all } = what
  const kinds = Number(keys.length > 0) + Number(tags.length > 0) + Number(all)
  if (kinds === 0) return
  parts.ledger.invalidated({ ...what, at: parts.clock.monotonic(), soft: false, by, where })
  if (by !== 'this process') return
  parts.stats.invalidations += kinds
  if (keys.length > 0) tell(parts, { type: 'evict', cache: parts.name, keys })
  if (tags.length > 0) tell(parts, { type: 'evict-tags', cache: parts.name, tags })
  if (all) tell(parts, { type: 'clear', cache: parts.name })
}

/**
 * Invalidates, whatever it covers in O(1): applied here before it is sent, and again when the store has answered, for what was read
 * meanwhile. `except` are the write-throughs of the same call, which it does not spoil.
 */
export async function invalidate(
  parts: Parts,
  what: Invalidations,
  except?: ReadonlySet<Writing>,
  where?: string,
): Promise<void> {
  const { keys, tags, all } = what
  if (keys.length === 0 && tags.length === 0 && !all) return
  recorded(parts, what, 'this process', where)
  drop(parts, what, except)
  const { far } = parts
  if (far === undefined) return
  if (all) await far.clear()
  else
    await Promise.all([
      keys.length > 0 ? far.evict(keys) : undefined,
      tags.length > 0 ? far.evictTags(tags) : undefined,
    ])
  drop(parts, what, except)
}

/** Removes entries: at once, or when the transaction that the call is in resolves. */
export async function evictKeys(parts: Parts, keys: readonly string[]): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside !== undefined) return inside.evict(keys)
  return invalidate(parts, only({ keys }))
}

/** Outdates every entry that bears one of these tags: one write, whatever it covers. */
export async function evictTags(parts: Parts, tags: readonly string[]): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside !== undefined) return inside.evictTags(tags)
  return invalidate(parts, only({ tags }))
}

export async function clear(parts: Parts): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside !== undefined) return inside.clear()
  return invalidate(parts, only({ all: true }))
}

/** Makes entries stale: at once, or when the transaction that the call is in resolves. */
export async function expireKeys(parts: Parts, keys: readonly string[]): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside !== undefined) return inside.expire(keys)
  return expire(parts, keys)
}

export async function expireTagsOf(parts: Parts, tags: readonly string[]): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside !== undefined) return inside.expireTags(tags)
  return expireTags(parts, tags)
}

function softly(parts: Parts, what: Invalidations, where: string | undefined): void {
  const { keys, tags } = what
  parts.ledger.invalidated({ ...what, at: parts.clock.monotonic(), soft: true, by: 'this process', where })
  parts.stats.invalidations++
  if (keys.length > 0) tell(parts, { type: 'expire', cache: parts.name, keys })
  else tell(parts, { type: 'expire-tags', cache: parts.name, tags })
}

/** Makes entries stale, not gone: still served within staleWhileRevalidate and staleIfError. A store that does not take it has them evicted. */
export async function expire(parts: Parts, keys: readonly string[], where?: string): Promise<void> {
  if (keys.length === 0) return
  softly(parts, only({ keys }), where)
  age(parts, keys)
  if (parts.far === undefined) return
  if ((await parts.far.expire(keys, staler(keys, parts.clock.now()))) === failed)
    return invalidate(parts, only({ keys }))
  age(parts, keys)
}

/** Makes entries stale in memory, and voids the loads of them that are under way. */
function age(parts: Parts, keys: readonly string[]): void {
  const now = parts.clock.monotonic()
  parts.position.tick()
  for (const key of keys) {
    parts.flights.detach(key)
    parts.near?.peek(key)?.expire(now)
  }
}

/** Makes what bears one of these tags stale, not gone. */
export async function expireTags(parts: Parts, tags: readonly string[], where?: string): Promise<void> {
  if (tags.length === 0) return
  softly(parts, only({ tags }), where)
  const at = parts.clock.monotonic()
  parts.position.expire(tags, at)
  if (parts.far === undefined) return
  if ((await parts.far.expireTags(tags)) === failed) return invalidate(parts, only({ tags }))
  parts.position.expire(tags, at)
}

/** Rewrites a stored text of one of these keys so that it ends being fresh at `now` (wall time). */
const staler = (keys: readonly string[], now: number) => (text: string) => {
  for (const key of keys) {
    const envelope = unseal(text, key)
    if (envelope !== undefined)
      return seal({ ...envelope, fresh: Math.min(envelope.fresh, Math.max(0, now - envelope.createdAt)) })
  }
  return undefined
}

/** Applies what others did to a shared store; never sends it on. */
export function applyHeard(parts: Parts, heard: Heard): void {
  if (heard.kind === 'nothing') return
  const what = only(heard.kind === 'unknown' ? { all: true } : { keys: heard.keys, tags: heard.tags })
  recorded(parts, what, 'another process', undefined)
  drop(parts, what)
}
