import type { Heard } from '@cachesmith/core'
import type { Row } from './driver.js'
import { restored } from './text.js'

/** How far a cache's journal was heard: a tick of one history, or the time before the cache's first. */
export type Position =
  | { readonly kind: 'none' }
  | { readonly kind: 'at'; readonly inc: string; readonly n: number; readonly r: string }

/**
 * What the rows of `poll` tell to one who has heard up to `before`. Names are told only when every tick since is there
 * and the tick last heard bears the mark that it had: a file put back from a copy has the same numbers, not the same
 * past. Deeds whose marks are in `own` were applied when they were answered and are not told again.
 */
export function heardSince(
  before: Position | undefined,
  rows: readonly Row[],
  own: ReadonlySet<string>,
): { position: Position; heard: Heard } {
  const [first] = rows
  if (!first) return { position: { kind: 'none' }, heard: { kind: before?.kind === 'at' ? 'unknown' : 'nothing' } }
  const position: Position = { kind: 'at', inc: String(first.inc), n: Number(first.n), r: String(first.r) }
  return { position, heard: tell(before, position, rows, own) }
}

function tell(
  before: Position | undefined,
  now: Extract<Position, { kind: 'at' }>,
  rows: readonly Row[],
  own: ReadonlySet<string>,
): Heard {
  if (before?.kind !== 'at' || before.inc !== now.inc || now.n < before.n) return { kind: 'unknown' }
  if (now.n === before.n) return { kind: now.r === before.r ? 'nothing' : 'unknown' }
  const since = rows.filter((row) => Number(row.tick) > before.n)
  const last = rows.find((row) => row.tick === before.n)
  const sameHistory = before.n === 0 || last?.mark === before.r
  const complete = since.length === now.n - before.n
  if (!sameHistory || !complete || since.some((row) => row.kind === 'bump')) return { kind: 'unknown' }
  const others = since.filter((row) => !own.has(String(row.mark)))
  const names = (kind: string) => [
    ...new Set(others.filter((row) => row.kind === kind).map((row) => restored(String(row.name)))),
  ]
  return { kind: 'names', keys: names('key'), tags: names('tag') }
}
