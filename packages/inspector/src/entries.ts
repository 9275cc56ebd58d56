import type { Clock, EntrySummary } from '@cachesmith/core'
import type { Asked } from './asked.js'
import type { Cursors, Search } from './cursors.js'
import { Refused, wrongInput } from './refused.js'

/** One page of a search. */
export interface EntriesPage {
  readonly entries: readonly EntrySummary[]
  /** To go on with, as `after`; null: that was all. */
  readonly next: string | null
  /** Entries that this call looked at. */
  readonly scanned: number
}

/** How much one call may look at: by then it stops, with whatever it has found. The application waits meanwhile. */
const mostScanned = 50_000
const longest = 25
const between = 256
/** Units of text in one answer, from which on it is a page: tags may be of any length. */
const mostText = 1_000_000

/** Entries in memory whose key has a text in it, or that bear a tag; what is not found within the bounds is left to the next call. */
export function searchEntries(asked: Asked, cursors: Cursors, clock: Clock): EntriesPage {
  asked.only('cache', 'search', 'tag', 'limit', 'after')
  const limit = asked.count('limit', 50, 500)
  const search = asked.has('after') ? continued(asked, cursors) : begun(asked)
  const found: EntrySummary[] = []
  const end = clock.monotonic() + longest
  let scanned = 0
  let text = 0
  while (
    found.length < limit &&
    text < mostText &&
    scanned < mostScanned &&
    (scanned % between !== 0 || clock.monotonic() < end)
  ) {
    const { value, done } = search.entries.next()
    if (done) return { entries: found, next: null, scanned }
    scanned++
    if (value === undefined) continue
    found.push(value)
    text += value.tags.reduce((sum, tag) => sum + tag.length, value.key.length)
  }
  return { entries: found, next: cursors.keep(search), scanned }
}

function begun(asked: Asked): Search {
  const cache = asked.cache()
  const search = asked.text('search')
  const tag = asked.text('tag')
  return { cache: cache.name, search, tag, entries: cache.entries({ search, tag, gaps: true }) }
}

function continued(asked: Asked, cursors: Cursors): Search {
  const search = cursors.take(asked.need('after'))
  if (search === undefined)
    throw new Refused(
      404,
      'CURSOR',
      "This search was left for five minutes, or has gone on already: begin it anew, without 'after'.",
    )
  if (
    asked.need('cache') !== search.cache ||
    asked.text('search') !== search.search ||
    asked.text('tag') !== search.tag
  )
    throw wrongInput("'after' belongs to another search: give the same cache, search and tag with it.")
  return search
}
