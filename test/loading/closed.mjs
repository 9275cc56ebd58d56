import { createCacheManager, WriteBehind } from '@cachesmith/core'
import { decorate } from './decorate.mjs'

// The first write of a process, whose manager is closed in the very turn of it.

const written = []
class Notes {
  async save(_id, text) {
    written.push(text)
  }
}
decorate(Notes, 'save', WriteBehind({ cache: 'notes', key: (id) => [id] }))

const caches = createCacheManager({ caches: { notes: {} } })
const saved = caches.bind(new Notes()).save('n', 'last')
const { left } = await caches.close()
await saved
console.log(JSON.stringify({ left, written }))
