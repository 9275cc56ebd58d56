import { Entry } from '../entry/entry.js'
import { seal } from '../entry/envelope.js'
import type { Shared } from '../entry/share.js'
import { weigh } from '../entry/weigh.js'
import { CacheValueError } from '../kernel/errors.js'
import { type Load, notStored, type Parts } from './parts.js'

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
  const fresh = lifeOf(parts, key, load, value)
  const tags = fresh === undefined ? undefined : tagsOf(parts, key, load, value)
  if (fresh === undefined || tags === undefined) return undefined
  const stale = fresh + graceOf(load)
  let text: string | undefined
  // Text takes less room than its value in memory, but never so much less: what is far too large is not even encoded.
  let weight = weigh(value)
  if (weight > parts.maxValueBytes * (parts.far === undefined ? 1 : 16)) return tooLarge(parts, key)
  if (parts.far !== undefined) {
    try {
      text = seal({ key, createdAt: parts.clock.now(), fresh, stale, tags, body: parts.codecs.encode(value) })
    } catch (error) {
      if (!(error instanceof CacheValueError)) throw error
      notStored(parts, key, 'value', error)
      return undefined
    }
    weight = text.length * 2
    if (Math.max(weight, Buffer.byteLength(text)) > parts.maxValueBytes) return tooLarge(parts, key)
  }
  return {
    entry: entryOf(key, position, load, shared.value, shared.copied, tags, fresh, now),
    text,
    life: stale,
    weight,
  }
}

/** The same for a value that stands as it is, where there is no store: its entry alone. */
export function prepareFlat(
  parts: Parts,
  key: string,
  position: number,
  load: Load,
  value: unknown,
  weight: number,
  now: number,
): Entry | undefined {
  const fresh = lifeOf(parts, key, load, value)
  const tags = fresh === undefined ? undefined : tagsOf(parts, key, load, value)
  if (fresh === undefined || tags === undefined) return undefined
  if (weight > parts.maxValueBytes) return tooLarge(parts, key)
  return entryOf(key, position, load, value, false, tags, fresh, now)
}

/** How long a result is fresh, ms; undefined when it is not to be stored, which has then been told. */
function lifeOf(parts: Parts, key: string, load: Load, value: unknown): number | undefined {
  let fresh: number | undefined
  try {
    if (load.unless?.(value)) {
      notStored(parts, key, 'unless')
      return undefined
    }
    fresh = load.fresh(value)
  } catch (error) {
    notStored(parts, key, 'callback', error)
    return undefined
  }
  if (fresh === undefined) notStored(parts, key, 'ttl')
  return fresh
}

/** What a result bears; undefined when that cannot be told. */
function tagsOf(parts: Parts, key: string, load: Load, value: unknown): readonly string[] | undefined {
  try {
    return parts.tagLists.of(load.tags(value))
  } catch (error) {
    notStored(parts, key, 'callback', error)
    return undefined
  }
}

const graceOf = ({ policy }: Load): number => Math.max(policy.staleWhileRevalidate, policy.staleIfError)

function entryOf(
  key: string,
  position: number,
  load: Load,
  value: unknown,
  copied: boolean,
  tags: readonly string[],
  fresh: number,
  now: number,
): Entry {
  const { refreshAhead } = load.policy
  const grace = graceOf(load)
  // Whole ms, as an entry keeps them: each fraction would be a box of its own.
  const born = Math.floor(now)
  const freshUntil = born + fresh
  if (!copied && grace === 0 && refreshAhead === undefined)
    return new Entry(value, key, tags, position, born, Math.floor(freshUntil))
  return Entry.of({
    key,
    value,
    copied,
    tags,
    bornAt: born,
    freshUntil,
    staleUntil: freshUntil + grace,
    refreshAt: born + (refreshAhead === undefined ? fresh : fresh * refreshAhead),
    position,
    id: undefined,
  })
}

function tooLarge(parts: Parts, key: string): undefined {
  notStored(parts, key, 'too-large')
}
