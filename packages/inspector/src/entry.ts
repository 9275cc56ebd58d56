import { inspect } from 'node:util'
import type { Cache, Clock, Explanation } from '@cachesmith/core'
import type { Asked } from './asked.js'
import { Refused } from './refused.js'

/** An entry that is there; times are wall time, ms. */
export interface EntryTold {
  readonly key: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
  readonly tier: 'memory' | 'store'
  /** As `node:util` would print it, where it was asked for and may be told. */
  readonly value?: string
}

/** Units of text that are told of a value. */
export const mostOfValue = 64 * 1024

/** One entry, explained. Counts as no read; asking for its value counts as one. */
export async function tellEntry(asked: Asked, values: boolean, clock: Clock) {
  asked.only('cache', 'key', 'typed', 'value')
  const cache = asked.cache()
  const key = asked.key()
  const wanted = asked.flag('value', '1')
  if (wanted && !values)
    throw new Refused(403, 'VALUES', 'Values are not told here: make the inspector with { values: true }.')
  const explanation = await cache.explain(key)
  const entry = entryOf(explanation, clock.now())
  if (entry === undefined) return { found: false, explanation }
  return { found: true, entry: { ...entry, ...(wanted && (await textOfValue(cache, key))) }, explanation }
}

function entryOf({ key, tier, tags, age, freshFor }: Explanation, now: number): EntryTold | undefined {
  if (tier === undefined || age === undefined || freshFor === undefined) return undefined
  return { key, createdAt: Math.round(now - age), expiresAt: Math.round(now + freshFor), tags: tags ?? [], tier }
}

async function textOfValue(cache: Cache, key: unknown): Promise<{ value?: string }> {
  const peeked = await cache.peek(key)
  if (peeked === undefined) return {}
  const text = inspect(peeked.value, { depth: 6, maxArrayLength: 1_000, maxStringLength: mostOfValue })
  return { value: text.length > mostOfValue ? `${text.slice(0, mostOfValue)}…` : text }
}
