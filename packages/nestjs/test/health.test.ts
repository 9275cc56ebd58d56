import { closeAll, start } from './kit.js'
import { createCacheManager, keyvStore, type Store, StoreError } from '@cachesmith/core'
import { FaultyStore } from '@cachesmith/core/testing'

import { CachesHealth, CachesmithModule } from '@cachesmith/nestjs'
import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { expect } from 'chai'

/** A store whose every verb is refused until it heals. */
function refusing(): { store: Store; faulty: FaultyStore } {
  const faulty = new FaultyStore(keyvStore(new Map()))
  faulty.when().fails()
  return { store: faulty, faulty }
}

describe('CachesHealth', () => {
  afterEach(closeAll)

  it('is up while a store is out of reach, and tells it; strict is down', async () => {
    const { store } = refusing()
    const caches = createCacheManager({ store, caches: { people: {} } })
    const app = await start({ imports: [TerminusModule, CachesmithModule.forRoot(caches)] })
    const health = app.get(CachesHealth)
    expect((await health.check('caches')).caches.status).to.equal('up')
    for (let i = 0; i < 20; i++) await caches.cache('people').get('a')
    const { caches: told } = await health.check('caches')
    expect(told.status).to.equal('up')
    expect(told.stores.map(({ state, caches: on }) => ({ state, on }))).to.deep.equal([
      { state: 'unreachable', on: ['people'] },
    ])
    expect((await health.check('caches', { strict: true })).caches.status).to.equal('down')
  })

  it('is an indicator of Terminus', async () => {
    const { store } = refusing()
    const caches = createCacheManager({ store, caches: { people: {} } })
    const app = await start({ imports: [TerminusModule, CachesmithModule.forRoot(caches)] })
    const health = app.get(CachesHealth)
    const terminus = await app.resolve(HealthCheckService)
    expect((await terminus.check([() => health.check('caches')])).status).to.equal('ok')
    for (let i = 0; i < 20; i++) await caches.cache('people').get('a')
    const error = await terminus.check([() => health.check('caches', { strict: true })]).then(
      () => undefined,
      (e: { getResponse(): { status: string } }) => e,
    )
    expect(error?.getResponse().status).to.equal('error')
  })

  it('is down when write-behind calls would reject', async () => {
    const log = {
      name: 'broken',
      durable: true,
      open: () => Promise.reject(new StoreError('no disk')),
      close: () => Promise.resolve(),
    }
    const caches = createCacheManager({ writeLog: log as never, caches: { people: {} } })
    const app = await start({ imports: [CachesmithModule.forRoot(caches)] })
    const { caches: told } = await app.get(CachesHealth).check()
    expect([told.status, told.writeLog?.name]).to.deep.equal(['down', 'broken'])
  })
})
