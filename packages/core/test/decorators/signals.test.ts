import { expect } from 'chai'
import { CacheConfigError, createCacheManager } from '@cachesmith/core'
import { rejection } from './kit.js'

describe('closeOnSignals', () => {
  it('listens to SIGTERM and SIGINT until it is taken back', () => {
    const before = [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]
    const caches = createCacheManager()
    const undo = caches.closeOnSignals({ deadline: '5s' })
    expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).to.deep.equal(before.map((n) => n + 1))
    undo()
    undo()
    expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).to.deep.equal(before)
  })

  it('a deadline is ms or a text; anything else is told, and nothing is closed by it', async () => {
    const caches = createCacheManager({ caches: { a: {} } })
    for (const deadline of ['soon', -1, Number.NaN, '5 min']) {
      const wrong = { deadline: deadline as '5s' }
      expect(await rejection(async () => caches.closeOnSignals(wrong))).to.be.instanceOf(CacheConfigError)
      expect(await rejection(async () => caches.close(wrong))).to.be.instanceOf(CacheConfigError)
    }
    expect(await caches.close({ deadline: '50ms' })).to.deep.equal({ left: 0 })
  })
})
