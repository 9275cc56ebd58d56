import { createCacheManager } from '@cachesmith/core'

const caches = createCacheManager({ store: new Map(), caches: { rows: {} } })
const rows = caches.cache('rows')
const loaded = await Promise.all([rows.getOrLoad('a', () => 1), rows.put('b', 2)])
console.log(JSON.stringify({ loaded, again: await rows.getMany(['a', 'b']) }))
if (process.env.CURIOUS) console.log((await rows.explain('a')).outcome, (await caches.diagnose()).length)
await caches.close()
