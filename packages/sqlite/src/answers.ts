import type { Found, Refusal, Stored } from '@cachesmith/core'
import type { Row } from './driver.js'
import { restored } from './text.js'

/** The entry that a row holds. */
export const entryOf = (row: Row): Stored => ({
  text: restored(String(row.value)),
  id: String(row.id),
  ...(row.expired === 1 && { expired: true }),
})

/** What the rows of `read` say of each key. */
export const founds = (rows: readonly Row[]): Found[] =>
  rows.map((row) => {
    if (row.id === null) return { kind: 'missing', why: 'absent' }
    if (row.current !== 1) return { kind: 'missing', why: 'cleared' }
    if (row.tag !== null) return { kind: 'missing', why: 'tagged', tag: restored(String(row.tag)) }
    if (row.unproven === 1) return { kind: 'missing', why: 'outdated' }
    return { kind: 'found', ...entryOf(row) }
  })

/** Why a fill was refused, by the row of `refusal`. */
export function refusal(seen: Row | undefined): Refusal {
  if (!seen || seen.cleared === 1) return 'cleared'
  if (seen.held === 1) return 'tagged'
  return seen.fenced === 1 ? 'fenced' : 'lost'
}
