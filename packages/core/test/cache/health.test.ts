import { keyvStore, memoryWriteLog } from '@cachesmith/core'
import { createTestManager, FaultyStore } from '@cachesmith/core/testing'
import Keyv from 'keyv'
import { expect } from 'chai'
import { rejection } from '../decorators/kit.js'

describe('health', () => {
  it('tells of each store its state, the caches on it, and what it is owed', async () => {
    const store = new FaultyStore(keyvStore(new Keyv()))
    const caches = createTestManager({ store, caches: { users: {}, local: { store: false }, more: {} } })
    expect(caches.health()).to.deep.equal({
      ok: true,
      stores: [{ name: store.name, state: 'opening', owed: 0, inFlight: 0, caches: ['more', 'users'] }],
    })
    const cache = caches.cache('users')
    await cache.put('a', 1)
    expect(caches.health().stores[0]).to.include({ state: 'reachable', owed: 0 })
    store.fails()
    for (let n = 0; n < 6; n++) await cache.evict(`k${n}`)
    const sick = caches.health()
    expect(sick.ok).to.equal(false)
    expect(sick.stores[0]).to.include({ state: 'unreachable', owed: 6 })
    store.heals()
    await caches.advance(2_000)
    expect(caches.health().ok).to.equal(true)
    expect(caches.health().stores[0]).to.include({ state: 'reachable', owed: 0, inFlight: 0 })
    await caches.close()
  })

  it('tells that the write log does not open, and that it has', async () => {
    let broken = true
    const inner = memoryWriteLog()
    const writeLog = Object.assign(Object.create(inner) as typeof inner, {
      open: () => (broken ? Promise.reject(new Error('disk')) : inner.open()),
    })
    const caches = createTestManager({ writeLog, caches: { visits: {} } })
    expect(caches.health().writeLog?.state).to.equal('opening')
    await rejection(() => caches.ready())
    expect(caches.health()).to.deep.include({ ok: false, stores: [] })
    expect(caches.health().writeLog?.state).to.equal('unreachable')
    broken = false
    await caches.ready()
    expect(caches.health()).to.deep.include({ ok: true })
    expect(caches.health().writeLog?.state).to.equal('reachable')
    await caches.close()
  })
})
