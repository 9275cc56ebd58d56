import { expect } from 'chai'
import { bench, rejection } from '../decorators/kit.js'

describe('explain', () => {
  it('an entry that nobody may serve any more is a miss that expired, not stale', async () => {
    const { caches, clock } = bench({ users: { ttl: '1s', staleIfError: '1m' }, plain: { ttl: '1s' } })
    for (const name of ['users', 'plain']) await caches.cache(name).put('a', 1)
    await clock.advance(2_000)
    expect(await caches.cache('users').explain('a')).to.include({ outcome: 'stale' })
    expect(await caches.cache('plain').explain('a')).to.include({ outcome: 'miss', why: 'expired' })
  })

  it('tells a clear from an evict', async () => {
    const users = bench({ users: {} }).caches.cache('users')
    await users.put('a', 1)
    await users.clear()
    expect(await users.explain('a')).to.include({ outcome: 'miss', why: 'cleared', by: 'this process' })
  })

  it('an evict from before the entry was stored is not why it went', async () => {
    const { caches, clock } = bench({ users: { memory: { maxEntries: 1 } } })
    const users = caches.cache('users')
    await users.put('a', 1)
    await users.evict('a')
    await clock.advance(10)
    await users.put('a', 2)
    await users.put('b', 1)
    const said = await users.explain('a')
    expect(said).to.include({ outcome: 'miss', why: 'absent' })
    expect(said.by).to.equal(undefined)
  })

  it('a call whose load failed does not forget which tag outdated the entry', async () => {
    const { caches, events } = bench({ users: {} })
    const users = caches.cache('users')
    await users.put('a', 1, { tags: ['t'] })
    await users.evictTags(['t'])
    await rejection(() => users.getOrLoad('a', () => Promise.reject(new Error('down'))))
    expect(await users.explain('a')).to.include({ outcome: 'miss', why: 'tagged', tag: 't', by: 'this process' })
    expect(events.find((e) => e.type === 'miss')).to.include({ why: 'tagged' })
  })
})
