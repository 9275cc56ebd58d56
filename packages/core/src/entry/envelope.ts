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

/** What stands behind the key in a head as `seal` writes it: times in plain digits, then the tags. */
const rest = /(\d{1,15}(?:\.\d+)?),(-1|\d{1,15}(?:\.\d+)?),(-1|\d{1,15}(?:\.\d+)?),(\[.*\])\]\n/y

/** Reads an envelope; undefined for anything that is not one of this format for this key. Never throws. */
export function unseal(text: string, key: string): Envelope | undefined {
  const front = `["${format}",${JSON.stringify(key)},`
  rest.lastIndex = front.length
  const parts = text.startsWith(front) ? rest.exec(text) : null
  if (parts === null) return unsealAny(text, key)
  const [, createdAt, fresh, stale, written] = parts as unknown as [string, string, string, string, string]
  const tags = tagsOf(written)
  if (tags === undefined) return undefined
  const body = text.slice(rest.lastIndex)
  return { key, createdAt: Number(createdAt), fresh: lifeOf(Number(fresh)), stale: lifeOf(Number(stale)), tags, body }
}

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
