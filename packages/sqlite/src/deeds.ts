import type { Invalidations } from '@cachesmith/core'
import { stored } from './text.js'

/** A row of the deed that a statement does: see `storeFormat`. */
export type Deed = readonly [kind: string, name: string, data?: string | number | null, exp?: number]

export const ofKeys = (keys: readonly string[]): Deed[] => keys.map((key) => ['key', stored(key)])

/** `exp`: until when the records stand. */
export const ofTags = (kind: 'tag' | 'soft', tags: readonly string[], exp: number): Deed[] =>
  tags.map((tag) => [kind, stored(tag), null, exp])

/** What was rewritten, as id and text, by key. */
export const ofExpired = (rewritten: ReadonlyMap<string, readonly (readonly [string, string | null])[]>): Deed[] =>
  Array.from(rewritten, ([key, texts]) => ['expire', key, JSON.stringify(texts)])

/** A put that is judged first, and stored after all that is its own is done. A new incarnation voids all there is by itself. */
export function ofPut(key: string, own: Invalidations, exp: { readonly entry: number; readonly tags: number }): Deed[] {
  const others = own.keys.filter((other) => other !== key)
  const done = own.all ? [] : [...ofTags('tag', own.tags, exp.tags), ...ofKeys(others)]
  return [['own', stored(key), done.length], ...done, ['put', stored(key), null, exp.entry]]
}
