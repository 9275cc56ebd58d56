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
  it('what was stored after a tag outdated it is not told as outdated when it goes for want of room', async () => {
    const { caches, events } = bench({ users: { memory: { maxEntries: 1 } } })
    const users = caches.cache('users')
    await users.put('a', 1, { tags: ['t'] })
    await users.evictTags(['t'])
    expect(await users.get('a')).to.equal(undefined)
    await users.put('a', 2)
    await users.put('b', 1)
    await users.getOrLoad('a', () => 3)
    const { why } = events.findLast((e) => e.type === 'miss')!
    expect(why).to.equal('absent')
  })

  it('a value that was refused and one that was stored later: the later one counts, among the last thousand', async () => {
    const { caches } = bench({ users: { maxValueBytes: 100, memory: { maxEntries: 1 } } })
    const users = caches.cache('users')
    await users.getOrLoad('a', () => 'x'.repeat(200))
    expect(await users.explain('a')).to.include({ outcome: 'refused', why: 'too-large' })
    await users.getOrLoad('a', () => 'small')
    await users.getOrLoad('b', () => 1)
    expect(await users.explain('a')).to.include({ outcome: 'miss', why: 'absent' })
    await users.evict('a')
    await users.getOrLoad('a', () => 'x'.repeat(200))
    expect(await users.explain('a')).to.include({ outcome: 'refused', why: 'too-large' })
    for (let n = 0; n < 1_500; n++) await users.getOrLoad(`${n}`, () => n)
    expect(await users.explain('a')).to.include({ outcome: 'refused', why: 'too-large' })
  })
})
