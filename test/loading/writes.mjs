import { Cacheable, createCacheManager, WriteBehind } from '@cachesmith/core'
import { decorate } from './decorate.mjs'

// The first writes of a process, before the engine of write-behind can have been loaded.

const written = []
let stored = 'nothing'
class Notes {
  async find() {
    return stored
  }
  async save(_id, note) {
    written.push(note.text)
    stored = note.text
  }
}
decorate(Notes, 'find', Cacheable({ cache: 'notes', key: (id) => [id] }))
decorate(
  Notes,
  'save',
  WriteBehind({ cache: 'notes', key: (id) => [id], coalesce: false, value: (_old, _id, note) => note.text }),
)

const caches = createCacheManager({ caches: { notes: {} } })
const service = caches.bind(new Notes())
const note = { text: 'first' }
const order = []
const save = (one) => service.save('n', one).then(() => order.push(one === note ? 'first' : one.text))
const saves = [save(note), save({ text: 'second' })]
note.text = 'changed later'
const read = service.find('n')
const many = caches.cache('notes').getMany(['n'])
saves.push(save({ text: 'third' }))
const told = { read: await read, many: await many, order }
await Promise.all(saves)
const pending = caches.cache('notes').writes.pending()
await caches.flush()
await caches.close()

console.log(JSON.stringify({ ...told, pending, written, letters: await caches.cache('notes').writes.deadLetters() }))
