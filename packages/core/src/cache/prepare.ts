import { Entry } from '../entry/entry.js'
import { seal } from '../entry/envelope.js'
import type { Shared } from '../entry/share.js'
import { CacheValueError } from '../kernel/errors.js'
import { type Load, notStored, type Parts } from './parts.js'
import { weigh } from './weigh.js'

/** A result on its way into the cache: everything that was asked of the user's callbacks, and its text where there is a store. */
export interface Prepared {
  readonly entry: Entry
  readonly text: string | undefined
  readonly life: number
  readonly weight: number
}

/** Asks life, tags and text of a result; undefined when it is not to be stored, which has then been told. */
export function prepare(
  parts: Parts,
  key: string,
  position: number,
  load: Load,
  value: unknown,
  shared: Shared,
  now = parts.clock.monotonic(),
): Prepared | undefined {
  let tags: readonly string[]
  let fresh: number | undefined
  try {
    if (load.unless?.(value)) {
      notStored(parts, key, 'unless')
      return undefined
    }
    fresh = load.fresh(value)
    tags = parts.tagLists.of(load.tags(value))
  } catch (error) {
    notStored(parts, key, 'callback', error)
    return undefined
  }
  if (fresh === undefined) {
    notStored(parts, key, 'ttl')
    return undefined
  }
  const { policy } = load
  const stale = fresh + Math.max(policy.staleWhileRevalidate, policy.staleIfError)
  let text: string | undefined
  // Text takes less room than its value in memory, but never so much less: what is far too large is not even encoded.
  let weight = weigh(value)
  if (weight > parts.maxValueBytes * (parts.far === undefined ? 1 : 16)) {
    notStored(parts, key, 'too-large')
    return undefined
  }
  if (parts.far !== undefined) {
    try {
      text = seal({ key, createdAt: parts.clock.now(), fresh, stale, tags, body: parts.codecs.encode(value) })
    } catch (error) {
      if (!(error instanceof CacheValueError)) throw error
      notStored(parts, key, 'value', error)
      return undefined
    }
    weight = text.length * 2
    if (Math.max(weight, Buffer.byteLength(text)) > parts.maxValueBytes) {
      notStored(parts, key, 'too-large')
      return undefined
    }
  }
  // Whole ms, as an entry keeps them: each fraction would be a box of its own.
  const born = Math.floor(now)
  const ahead = policy.refreshAhead === undefined ? fresh : fresh * policy.refreshAhead
  const entry = new Entry({
    key,
    value: shared.value,
    copied: shared.copied,
    tags,
    bornAt: born,
    freshUntil: born + fresh,
    staleUntil: born + stale,
    refreshAt: born + ahead,
    position,
    id: undefined,
  })
  return { entry, text, life: stale, weight }
}
