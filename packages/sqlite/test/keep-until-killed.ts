// Keeps one entry after another, evicting on the way, and says each key once it is kept. Ends by being killed.
import { writeSync } from 'node:fs'
import { sqliteStore } from '@cachesmith/sqlite'
import { aScope, keep } from './worlds.js'

const [, , path = ''] = process.argv
const store = sqliteStore(path)
await store.open()
const cache = store.cache(aScope({ now: Date.now() }))
for (let n = 0; ; n++) {
  await keep(cache, `k${n}`, `k${n}`, ['team'])
  await cache.evict([`gone${n}`])
  writeSync(1, `k${n}\n`)
}
