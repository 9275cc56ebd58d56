import { isJsonText } from '../entry/codec.js'
import { type Envelope, unseal } from '../entry/envelope.js'
import { type Shared, share, shareJson } from '../entry/share.js'
import type { Stored } from '../store/store.js'
import type { Parts } from './parts.js'
import { storeTrouble } from './trouble.js'

/** What a store holds, read: the value, made ready for several, its envelope, and how old it is, ms. */
export interface Opened extends Shared {
  readonly envelope: Envelope
  readonly age: number
}

/**
 * How far the clocks of two machines may differ, ms. An entry from farther ahead is of a time before the wall clock was put back: how old
 * it is cannot be told, so it is missed.
 */
const mostAhead = 60_000

/** Reads what is stored under a key at a moment of wall time; anything that is not an entry of this key in our format is a miss. */
export function open(parts: Parts, key: string, stored: Stored, wall: number): Opened | undefined {
  const envelope = understood(stored, key)
  if (envelope === undefined) return unreadable(parts, new Error('not an entry of this key in the format cs1'))
  const since = wall - envelope.createdAt
  if (since < -mostAhead) return undefined
  const age = Math.max(0, since)
  if (age >= envelope.stale) return undefined
  const { body } = envelope
  let read: unknown
  try {
    read = parts.codecs.decode(body)
  } catch (error) {
    return unreadable(parts, error)
  }
  const { value, copied } = isJsonText(body) ? shareJson(read, parts.clone) : share(read, parts.clone)
  return { value, copied, envelope, age }
}

/** The envelope of a text. What its front says is left with its store (measured: to know it again takes a fifth of reading it). */
function understood({ text, front, memo }: Stored, key: string): Envelope | undefined {
  if (front !== undefined) {
    const { createdAt, fresh, stale, tags } = front.meaning as Envelope
    return { key, createdAt, fresh, stale, tags, body: text.slice(front.text.length) }
  }
  const envelope = unseal(text, key)
  if (memo !== undefined && envelope !== undefined)
    memo.front = {
      text: inOwnMemory(text.slice(0, text.length - envelope.body.length)),
      meaning: { ...envelope, body: '' },
    }
  return envelope
}

/** A part of a text that was read keeps all of it. */
const inOwnMemory = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')

function unreadable(parts: Parts, error: unknown): undefined {
  storeTrouble(parts, 'decode', error)
  return undefined
}
