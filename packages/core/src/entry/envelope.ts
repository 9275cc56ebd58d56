import type { Life } from './entry.js'

/**
 * What a store keeps of an entry: `["cs1", key, createdAt, fresh ms, stale ms, tags]`, a line feed, the value's text.
 * The key is in it, so that an answer that belongs to another key is seen (a miss, never another's value). Infinity is written -1.
 * The position stands in front of it, in the store's own header, because only the store can read it.
 */
export interface Envelope extends Life {
  readonly key: string
  /** Wall time, ms. */
  readonly createdAt: number
  readonly tags: readonly string[]
  /** The value as the codec wrote it. */
  readonly body: string
}

const format = 'cs1'
const shown = (ms: number) => (ms === Infinity ? -1 : ms)

export function seal(e: Envelope): string {
  return `${JSON.stringify([format, e.key, e.createdAt, shown(e.fresh), shown(e.stale), e.tags])}\n${e.body}`
}

/** Reads an envelope; undefined for anything that is not one of this format for this key. Never throws. */
export function unseal(text: string, key: string): Envelope | undefined {
  const end = text.indexOf('\n')
  if (end < 0) return undefined
  let head: unknown
  try {
    head = JSON.parse(text.slice(0, end))
  } catch {
    return undefined
  }
  if (!Array.isArray(head) || head.length !== 6 || head[0] !== format || head[1] !== key) return undefined
  const [, , createdAt, fresh, stale, tags] = head as unknown[]
  if (!isTime(createdAt) || !isTime(fresh) || !isTime(stale) || !isTags(tags)) return undefined
  return {
    key,
    createdAt,
    fresh: fresh === -1 ? Infinity : fresh,
    stale: stale === -1 ? Infinity : stale,
    tags,
    body: text.slice(end + 1),
  }
}

const isTime = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x) && x >= -1
const isTags = (x: unknown): x is string[] => Array.isArray(x) && x.every((t) => typeof t === 'string')
