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

const front = `["${format}","`

/** Reads an envelope; undefined for anything that is not one of this format for this key. Never throws. */
export function unseal(text: string, key: string): Envelope | undefined {
  const behind = front.length + key.length
  if (!text.startsWith(front) || !text.startsWith(key, front.length) || !text.startsWith('",', behind))
    return unsealAny(text, key)
  const first = behind + 2
  const second = text.indexOf(',', first) + 1
  const third = text.indexOf(',', second) + 1
  const fourth = text.indexOf(',', third) + 1
  const end = text.indexOf('\n', fourth)
  const createdAt = digits(text, first, second)
  const fresh = digits(text, second, third)
  const stale = digits(text, third, fourth)
  if (isEscaped(key) || createdAt < 0 || fresh < 0 || stale < 0 || text[end - 1] !== ']') return unsealAny(text, key)
  const tags = tagsOf(text.slice(fourth, end - 1))
  return tags && { key, createdAt, fresh, stale, tags, body: text.slice(end + 1) }
}

/** The number between two places, the comma left out; -1 for what is not written in few plain digits. */
function digits(text: string, from: number, to: number): number {
  if (to - from < 2 || to - from > 16 || (to - from > 2 && text.charCodeAt(from) === 48)) return -1
  let number = 0
  for (let at = from; at < to - 1; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

/** It may stand otherwise in JSON, or be what stands there for another key. */
const isEscaped = (key: string): boolean => key.includes('\\') || key.includes('"')

/** The same for any way to write that JSON. */
function unsealAny(text: string, key: string): Envelope | undefined {
  const end = text.indexOf('\n')
  if (end < 0) return undefined
  const head = parsed(text.slice(0, end))
  if (!Array.isArray(head) || head.length !== 6 || head[0] !== format || head[1] !== key) return undefined
  const [, , createdAt, fresh, stale, tags] = head as unknown[]
  if (!isTime(createdAt) || !isTime(fresh) || !isTime(stale) || !isTags(tags)) return undefined
  return { key, createdAt, fresh: lifeOf(fresh), stale: lifeOf(stale), tags, body: text.slice(end + 1) }
}

/** The tags read last: entries that are read together often bear the same. */
let last: { readonly text: string; readonly tags: readonly string[] } = { text: '[]', tags: Object.freeze([]) }

function tagsOf(text: string): readonly string[] | undefined {
  if (text === last.text) return last.tags
  const tags = parsed(text)
  if (!isTags(tags)) return undefined
  last = { text, tags: Object.freeze(tags) }
  return tags
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const lifeOf = (ms: number) => (ms === -1 ? Infinity : ms)
const isTime = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x) && x >= -1
const isTags = (x: unknown): x is string[] => Array.isArray(x) && x.every((t) => typeof t === 'string')
