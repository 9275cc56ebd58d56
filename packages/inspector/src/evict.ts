import type { Asked } from './asked.js'

/** Removes one entry, those that bear a tag, or all. */
export async function evict(asked: Asked): Promise<{ evicted: 'key' | 'tags' | 'all' }> {
  asked.only('cache', 'key', 'typed', 'tags', 'all')
  const cache = asked.cache()
  switch (asked.oneOf('key', 'typed', 'tags', 'all')) {
    case 'tags':
      await cache.evictTags(asked.texts('tags'))
      return { evicted: 'tags' }
    case 'all':
      asked.flag('all', true)
      await cache.clear()
      return { evicted: 'all' }
    default:
      await cache.evict(asked.key())
      return { evicted: 'key' }
  }
}
