import { memoryWriteLog } from '#core/behind/memory-log.js'
import { createCacheManager } from '#core/manager/manager.js'
import { WriteBehind } from '#core/decorate/decorators.js'
import { expect } from 'chai'

class Notes {
  @WriteBehind({ cache: 'notes', key: (id: string) => [id], value: (_old: unknown, _id: string, text: string) => text })
  async save(_id: string, _text: string): Promise<void> {}
}

describe('issue: getMany while a write log is being read', () => {
  it('gives what the log still has, as get does', async () => {
    const log = memoryWriteLog()
    const earlier = createCacheManager({ writeLog: log, caches: { notes: {} } })
    await earlier.bind(new Notes()).save('n', 'new')
    expect((await earlier.close({ deadline: 0 })).left).to.equal(1)

    let opened = () => {}
    const opening = new Promise<void>((resolve) => (opened = resolve))
    const caches = createCacheManager({ writeLog: { ...log, open: () => opening }, caches: { notes: {} } })
    caches.bind(new Notes())
    const notes = caches.cache('notes')
    const reads = Promise.all([notes.getMany(['n']), notes.get('n')])
    opened()
    expect(await reads).to.deep.equal([['new'], 'new'])
    await caches.close()
  })
})
