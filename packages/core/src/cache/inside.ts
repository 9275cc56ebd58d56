import { locate } from './find.js'
import { loaded, loadFailed } from './count.js'
import { beside, withLoad } from './current-load.js'
import { give } from './give.js'
import { type Inside, type Load, type Parts, tell } from './parts.js'

/**
 * A read inside a transaction: what the cache holds, but for what the transaction has touched. What it loads may be uncommitted: it
 * is kept nowhere, and nobody joins it.
 */
export async function readInside(parts: Parts, inside: Inside, key: string, load: Load): Promise<unknown> {
  const { stats } = parts
  const found = inside.touches(key) ? undefined : (await locate(parts, [key])).get(key)
  if (found !== undefined && !inside.touchesTags(found.entry.tags)) {
    stats.hits++
    if (found.tier === 'memory') stats.memoryHits++
    tell(parts, { type: 'hit', cache: parts.name, key, tier: found.tier, stale: false })
    return give(found.entry)
  }
  stats.misses++
  parts.ledger.trace(key, { what: 'miss', at: parts.clock.monotonic(), why: 'transaction', tag: undefined })
  tell(parts, { type: 'miss', cache: parts.name, key, why: 'transaction' })
  return aside(parts, key, load)
}

/** Runs a loader beside the cache, counted, its result kept nowhere. */
async function aside(parts: Parts, key: string, load: Load): Promise<unknown> {
  const started = parts.clock.monotonic()
  const context = beside(load.signal)
  try {
    const value = await withLoad(context, () => load.run(context))
    loaded(parts, key, started, false)
    return value
  } catch (error) {
    loadFailed(parts, key, started, false, error)
    throw error
  }
}
