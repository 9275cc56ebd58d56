import { locate } from './find.js'
import { hit, loaded, loadFailed, missed } from './count.js'
import { beside, withLoad } from './current-load.js'
import { give } from './give.js'
import type { Inside, Load, Parts } from './parts.js'

/**
 * A read inside a transaction: what the cache holds, but for what the transaction has touched. What it loads may be uncommitted: it
 * is kept nowhere, and nobody joins it.
 */
export async function readInside(parts: Parts, inside: Inside, key: string, load: Load): Promise<unknown> {
  const found = inside.touches(key) ? undefined : (await locate(parts, [key], load.seek)).get(key)
  if (found !== undefined && !inside.touchesTags(found.entry.tags)) {
    hit(parts, key, found.tier, false, load)
    return give(found.entry)
  }
  parts.ledger.trace(key, { what: 'miss', at: parts.clock.monotonic(), why: 'transaction', tag: undefined })
  missed(parts, key, 'transaction', load)
  return aside(parts, key, load)
}

/** Runs a loader beside the cache, counted, its result kept nowhere. */
async function aside(parts: Parts, key: string, load: Load): Promise<unknown> {
  const started = parts.clock.monotonic()
  const context = beside(load.signal)
  try {
    const value = await withLoad(context, () => load.run(context))
    loaded(parts, key, started, false, load)
    return value
  } catch (error) {
    loadFailed(parts, key, started, false, error, load)
    throw error
  }
}
