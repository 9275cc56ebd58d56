import { createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { gate } from '../decorators/kit.js'

describe('a poll that is answered after its budget', () => {
  it('is heard all the same: what it told is told only once', async () => {
    const kept = new Map<string, string>()
    let answer = Promise.resolve()
    const adapter = {
      opts: {},
      get: async (key: string) => {
        const text = kept.get(key)
        if (key.endsWith(':h')) await answer
        return text
      },
      set: async (key: string, text: string) => void kept.set(key, text),
      delete: async (key: string) => kept.delete(key),
    } as unknown as Parameters<typeof keyvStore>[0]
    const clock = new FakeClock()
    const here = createCacheManager({ clock, store: keyvStore(adapter), caches: { rows: {} } }).cache('rows')
    const there = createCacheManager({ clock, store: keyvStore(adapter), caches: { rows: { memory: false } } })
    await here.getOrLoad('a', () => 'old')
    for (let poll = 0; poll < 2; poll++) {
      await clock.advance(400)
      expect(await here.get('a')).to.equal('old')
    }

    await there.cache('rows').evict('a')
    await clock.advance(1_100)
    const late = gate()
    answer = late.promise
    const slow = here.get('a')
    await clock.advance(300)
    expect(await slow).to.equal(undefined)
    answer = Promise.resolve()
    late.open()
    await clock.advance(400)
    expect(await here.get('a')).to.equal(undefined)
  })
})
