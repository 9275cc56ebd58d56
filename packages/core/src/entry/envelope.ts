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

/**
 * Reads an envelope; undefined for anything that is not one of this format for this key. Never throws. What one envelope says is mostly what
 * the one before it said, and a part of a text that is compared as a whole costs a third of one that is read.
 */
export function unseal(text: string, key: string): Envelope | undefined {
  const behind = front.length + key.length
  const isOfKey = text.slice(0, front.length) === front && text.slice(front.length, behind) === key && !isEscaped(key)
  if (!isOfKey || text.charCodeAt(behind) !== quote || text.charCodeAt(behind + 1) !== comma)
    return unsealAny(text, key)
  const first = behind + 2
  let at = first
  let createdAt = 0
  for (let unit = text.charCodeAt(at); isDigit(unit); unit = text.charCodeAt(++at))
    createdAt = createdAt * 10 + unit - zero
  const life = isPlainNumber(text, first, at) ? lifeAt(text, at) : undefined
  if (life === undefined) return unsealAny(text, key)
  const tagsAt = at + life.text.length
  const isKnown = text.slice(tagsAt, tagsAt + last.text.length) === last.text
  const end = isKnown ? tagsAt + last.text.length : text.indexOf('\n', tagsAt) + 1
  const tags = isKnown ? last.tags : tagsOf(text.slice(tagsAt, end))
  if (tags === undefined) return unsealAny(text, key)
  return { key, createdAt, fresh: life.fresh, stale: life.stale, tags, body: text.slice(end) }
}

const quote = 34
const comma = 44
const zero = 48

/** Few digits, the first of which says something: what stands between two places is a number as `seal` writes one. */
const isPlainNumber = (text: string, from: number, to: number): boolean =>
  to - from >= 1 && to - from <= 15 && (to - from === 1 || text.charCodeAt(from) !== zero)

/** The life that was read last, as it is written: entries of one cache mostly have the same. */
let lived: Life & { readonly text: string } = { text: ',0,0,', fresh: 0, stale: 0 }

/** `,fresh,stale,` at a place. */
function lifeAt(text: string, at: number): typeof lived | undefined {
  if (text.slice(at, at + lived.text.length) === lived.text) return lived
  const second = text.indexOf(',', at + 1)
  const third = text.indexOf(',', second + 1)
  const fresh = digits(text, at + 1, second)
  const stale = digits(text, second + 1, third)
  if (text[at] !== ',' || fresh < 0 || stale < 0) return undefined
  lived = { text: `,${fresh},${stale},`, fresh, stale }
  return lived
}

/** The number between two places; -1 for what is not written in few plain digits. */
function digits(text: string, from: number, to: number): number {
  if (!isPlainNumber(text, from, to)) return -1
  let number = 0
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at)
    if (!isDigit(unit)) return -1
    number = number * 10 + unit - zero
  }
  return number
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

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

/** The tags read last, as they end a head: entries that are read together often bear the same. */
let last: { readonly text: string; readonly tags: readonly string[] } = { text: '[]]\n', tags: Object.freeze([]) }

/** Undefined for what is not tags and the end of a head. */
function tagsOf(text: string): readonly string[] | undefined {
  if (!text.endsWith(']\n')) return undefined
  const tags = parsed(text.slice(0, -2))
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
