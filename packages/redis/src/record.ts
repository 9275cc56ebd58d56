import type { Found } from '@cachesmith/core'
import type { Control } from './control.js'

/** What stands under a key in front of the sealed text: `inc t0 id tags`, a line feed. Valid up to t0, its tags included. */
export interface Entry {
  readonly inc: string
  readonly t0: number
  readonly id: string
  /** All of the first line. */
  readonly head: string
  readonly tags: readonly string[]
  /** The tags as they are written. */
  readonly written: string
}

/** The sealed text behind it. */
export const textBehind = ({ head }: Entry, written: string): string => written.slice(head.length + 1)

const form = /^(\S+) (\d+) (\S+) (\[.*\])$/s

/** Undefined for anything that this store did not write. Tags that are written like the known ones are those. */
export function readEntry(
  text: string,
  known?: { readonly written: string; readonly tags: readonly string[] },
): Entry | undefined {
  const end = text.indexOf('\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const parts = form.exec(head)
  if (!parts) return undefined
  const [, inc, t0, id, written] = parts as unknown as [string, string, string, string, string]
  const tags = written === known?.written ? known.tags : readTags(written)
  return tags && { inc, t0: Number(t0), id, head, tags, written }
}

/** The part of an entry that its script puts `inc t0 id` in front of. */
export function writeBody(tags: readonly string[], text: string): string {
  return `${JSON.stringify(tags)}\n${text}`
}

function readTags(text: string): string[] | undefined {
  if (text === '[]') return []
  try {
    const tags: unknown = JSON.parse(text)
    return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : undefined
  } catch {
    return undefined
  }
}

/** What becomes of an entry; `expired`: one of its tags was, since. */
export type Judged =
  | { readonly kind: 'good'; readonly expired: boolean }
  | Extract<Found, { kind: 'missing' }>
  | { readonly kind: 'unproven' }

const good: Judged = { kind: 'good', expired: false }

const record = /^(\S+) (\d+) (\d+)$/

/**
 * Whether an entry is good by a control and by the records of its tags, in their order (`inc evicted expired`; null for
 * one that is not there). Nothing is accepted because something is absent; but where no tag at all was invalidated
 * since the entry, no record is needed.
 */
export function judge(
  entry: Entry,
  control: Control | undefined,
  records: readonly (string | null)[] | undefined,
): Judged {
  if (entry.inc !== control?.inc) return { kind: 'missing', why: 'cleared' }
  if (entry.tags.length === 0 || control.m <= entry.t0) return good
  if (records === undefined) return { kind: 'unproven' }
  let expired = false
  for (const [at, tag] of entry.tags.entries()) {
    const parts = record.exec(records[at] ?? '')
    if (parts?.[1] !== control.inc) return { kind: 'missing', why: 'outdated', tag }
    if (Number(parts[2]) > entry.t0) return { kind: 'missing', why: 'tagged', tag }
    if (Number(parts[3]) > entry.t0) expired = true
  }
  return expired ? { kind: 'good', expired } : good
}
