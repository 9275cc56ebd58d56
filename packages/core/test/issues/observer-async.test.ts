import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

describe('an observer whose method is async', () => {
  it('and rejects does not end the process by an unhandled rejection; it is counted', async () => {
    const { caches } = bench({ users: {} })
    caches.observe({ on: () => Promise.reject(new Error('observer')) })
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => unhandled.push(reason)
    process.prependOnceListener('unhandledRejection', hear)
    await caches.cache('users').put('a', 1)
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    process.removeListener('unhandledRejection', hear)
    expect(unhandled).to.deep.equal([])
    expect(caches.configuredParts('users', 'test').observers.failures).to.equal(1)
  })
})
