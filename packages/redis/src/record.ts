import type { Found, Stored } from '@cachesmith/core'
import type { Control } from './control.js'

/** What stands under a key: `inc t0 id tags`, a line feed, the sealed text. Valid up to t0, its tags included. */
export interface Entry {
  readonly inc: string
  readonly t0: number
  readonly id: string
  readonly tags: readonly string[]
  readonly text: string
}

const head = /^(\S+) (\d+) (\S+) (\[.*\])$/s

/** Undefined for anything that this store did not write. */
export function readEntry(written: string): Entry | undefined {
  const end = written.indexOf('\n')
  const parts = end < 0 ? null : head.exec(written.slice(0, end))
  if (!parts) return undefined
  const tags = parts[4] === '[]' ? [] : readTags(parts[4] as string)
  if (tags === undefined) return undefined
  return { inc: parts[1] as string, t0: Number(parts[2]), id: parts[3] as string, tags, text: written.slice(end + 1) }
}

/** The part of an entry that its script puts `inc t0 id` in front of. */
export function writeBody(tags: readonly string[], text: string): string {
  return `${JSON.stringify(tags)}\n${text}`
}

function readTags(text: string): string[] | undefined {
  try {
    const tags: unknown = JSON.parse(text)
    return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : undefined
  } catch {
    return undefined
  }
}

export type Judged = Found | { readonly kind: 'unproven' }

const record = /^(\S+) (\d+) (\d+)$/

/**
 * Whether an entry is good by a control and by the records of its tags (`inc evicted expired`), which `recordOf`
 * answers: null for one that is not there, undefined for one that was not asked for. Nothing is accepted because
 * something is absent; but where no tag at all was invalidated since the entry, no record is needed.
 */
export function judge(
  entry: Entry,
  control: Control | undefined,
  recordOf: (tag: string) => string | null | undefined,
): Judged {
  if (entry.inc !== control?.inc) return { kind: 'missing', why: 'cleared' }
  const found: Stored & { kind: 'found' } = { kind: 'found', text: entry.text, id: entry.id }
  if (entry.tags.length === 0 || control.m <= entry.t0) return found
  let expired = false
  let unproven = false
  for (const tag of entry.tags) {
    const written = recordOf(tag)
    if (written === undefined) {
      unproven = true
      continue
    }
    const parts = record.exec(written ?? '')
    if (parts?.[1] !== control.inc) return { kind: 'missing', why: 'outdated', tag }
    if (Number(parts[2]) > entry.t0) return { kind: 'missing', why: 'tagged', tag }
    if (Number(parts[3]) > entry.t0) expired = true
  }
  if (unproven) return { kind: 'unproven' }
  return expired ? { ...found, expired } : found
}
