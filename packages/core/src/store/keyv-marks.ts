import { crypto } from '../kernel/crypto.js'

/** A token that nobody has written before, whose equality proves that nothing was invalidated since it was read. */
export const freshToken = (): string => `r${crypto().randomBytes(16).toString('base64url')}`

/** A token that says that somebody is writing this key; it marks the entry of that writer, and no other's. */
export const writerToken = (): string => `W${crypto().randomBytes(16).toString('base64url')}`

const token = /^[rW][A-Za-z0-9_-]{22}$/

/** Whether a reply is one of ours; anything else counts as lost. */
export const isToken = (text: string | undefined): text is string => text !== undefined && token.test(text)

/** Whether it may mark a load's entry: a writer's token may not. */
export const isSettled = (text: string | undefined): text is string => isToken(text) && text[0] === 'r'

/** The generation of a version, as it is stored: its number for the entries' keys, its token as their mark. */
export interface Generation {
  readonly number: number
  readonly text: string
}

const generation = /^(\d{1,15}) r[A-Za-z0-9_-]{22}$/
export const writeGeneration = (number: number): Generation => ({ number, text: `${number} ${freshToken()}` })
export function readGeneration(text: string | undefined): Generation | undefined {
  const found = text === undefined ? null : generation.exec(text)
  return found ? { number: Number(found[1]), text: found[0] } : undefined
}

/** A tag's tokens: the one that must stand, and the soft one where there was one. */
export type TagMark = readonly [tag: string, token: string, soft?: string | undefined]

/** The tokens that an entry was made under: of its key, of its cache, of its generation, and of each of its tags. */
export interface Marks {
  readonly key: string
  readonly clear: string
  readonly generation: string
  readonly tags: readonly TagMark[]
}

/** One entry as it is stored: a line that says whose it is, until when, and under which marks; then the envelope. */
export interface KeyvRecord {
  readonly fullKey: string
  readonly id: string
  readonly expiresAt: number
  readonly marks: Marks
  readonly text: string
}

export function writeRecord(record: KeyvRecord): string {
  const { fullKey, id, expiresAt, marks, text } = record
  const x = expiresAt === Number.POSITIVE_INFINITY ? null : expiresAt
  const m = [
    marks.key,
    marks.clear,
    marks.generation,
    ...marks.tags.map((mark) => mark.filter((one) => one !== undefined)),
  ]
  return `cs1 ${JSON.stringify({ x, k: fullKey, m, i: id })}\n${text}`
}

/** Reads one back; whatever is not exactly an entry of this very key is undefined, never an exception. */
export function readRecord(fullKey: string, stored: string | undefined): KeyvRecord | undefined {
  if (!stored?.startsWith('cs1 {')) return undefined
  const end = stored.indexOf('\n')
  if (end < 0) return undefined
  let head: unknown
  try {
    head = JSON.parse(stored.slice(4, end))
  } catch {
    return undefined
  }
  const { x, k, m, i } = head as { x: unknown; k: unknown; m: unknown; i: unknown }
  if (k !== fullKey || typeof i !== 'string' || !Array.isArray(m)) return undefined
  if (x !== null && (typeof x !== 'number' || Number.isNaN(x))) return undefined
  const [key, clear, of, ...tags] = m as unknown[]
  if (typeof key !== 'string' || typeof clear !== 'string' || typeof of !== 'string' || !tags.every(isTagMark))
    return undefined
  return {
    fullKey,
    id: i,
    expiresAt: x ?? Number.POSITIVE_INFINITY,
    marks: { key, clear, generation: of, tags: tags as TagMark[] },
    text: stored.slice(end + 1),
  }
}

const isTagMark = (x: unknown): boolean =>
  Array.isArray(x) && (x.length === 2 || x.length === 3) && x.every((one) => typeof one === 'string')
