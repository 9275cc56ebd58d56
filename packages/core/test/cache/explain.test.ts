import { CacheEvict, CachePut, createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, gate } from '../decorators/kit.js'

function explained(options = {}) {
  const b = bench({ users: options })
  return { ...b, users: b.caches.cache<unknown>('users') }
}

describe('explain', () => {
  it('a hit: tier, age, how long it is fresh, tags; counts as no read', async () => {
    const { users, clock } = explained({ ttl: '10s' })
    await users.put(['user', '1'], 'a', { tags: ['t'] })
    await clock.advance(3_000)
    const said = await users.explain(['user', '1'])
    expect(said).to.deep.include({ outcome: 'hit', tier: 'memory', age: 3_000, freshFor: 7_000, tags: ['t'] })
    expect(said.text).to.equal(
      "user:'1' in cache 'users' is a hit of the memory tier: 3000 ms old, fresh for 7000 ms more.",
    )
    expect(users.stats()).to.include({ hits: 0, misses: 0 })
  })

  it('stale by age, stale by an expired tag, absent', async () => {
    const { users, clock } = explained({ ttl: '10s', staleIfError: '1m' })
    await users.put('a', 1, { tags: ['t'] })
    await clock.advance(12_000)
    expect(await users.explain('a')).to.include({ outcome: 'stale', why: 'expired', age: 12_000, freshFor: -2_000 })
    await users.put('b', 1, { tags: ['t'] })
    await clock.advance(1_000)
    await users.expireTags(['t'])
    await clock.advance(500)
    const said = await users.explain('b')
    expect(said).to.include({ outcome: 'stale', by: 'this process', invalidatedAgo: 500 })
    expect(said.text).to.equal(
      "b in cache 'users' is stale: 1500 ms old, past its ttl by 500 ms. It was invalidated 500 ms ago by this process.",
    )
    expect(await users.explain('never')).to.include({ outcome: 'miss', why: 'absent' })
  })

  it('evicted: by which decorated method, how long ago', async () => {
    class Users {
      @CacheEvict({ cache: 'users', key: (id: string) => id }) async remove(_id: string): Promise<void> {}
      @CachePut({ cache: 'users', key: (id: string) => ['x', id] })
      @CacheEvict({ cache: 'users', tags: ['t'] })
      async save(_id: string): Promise<number> {
        return 1
      }
    }
    const { caches, users, clock } = explained()
    const service = caches.bind(new Users())
    await users.put('a', 1)
    await users.put('b', 1, { tags: ['t'] })
    await service.remove('a')
    await clock.advance(250)
    const said = await users.explain('a')
    expect(said).to.include({ outcome: 'miss', why: 'outdated', by: 'this process', invalidatedAgo: 250 })
    expect(said.where).to.equal('@CacheEvict on Users.remove')
    expect(said.text).to.equal(
      "a in cache 'users' is a miss: it was evicted. It was invalidated 250 ms ago by this process (@CacheEvict on Users.remove).",
    )
    await service.save('z')
    const tagged = await users.explain('b')
    expect(tagged).to.include({ outcome: 'miss', why: 'tagged', tag: 't' })
    expect(tagged.where).to.match(/@CacheEvict on Users\.save/)
    expect(tagged.text).to.contain("it is outdated by the tag 't'.")
    expect(await users.explain(['x', 'z'])).to.include({ outcome: 'hit' })
  })

  it('refused: fenced, unless its ttl, too large, no value for the store', async () => {
    const { users } = explained({ maxValueBytes: 100, memory: { maxBytes: 1e6 } })
    const open = gate()
    const loading = users.getOrLoad('a', () => open.promise as never)
    await users.evict('a')
    open.open()
    await loading
    expect(await users.explain('a')).to.include({ outcome: 'refused', why: 'fenced', by: 'this process' })
    await users.getOrLoad('big', () => 'x'.repeat(200))
    const big = await users.explain('big')
    expect(big).to.include({ outcome: 'refused', why: 'too-large' })
    expect(big.text).to.equal(
      "big in cache 'users' is a miss: the value loaded last was returned and not kept (it is larger than maxValueBytes).",
    )
    const { caches } = bench({ stored: { store: keyvStore(new Map()) } })
    const stored = caches.cache<unknown>('stored')
    await stored.getOrLoad('f', () => ({ f: () => 1 }))
    expect(await stored.explain('f')).to.include({ outcome: 'refused', why: 'value' })
  })

  it('disabled; after a bump; a scope stands in the key', async () => {
    const { users, caches } = explained({ scope: () => 'acme' })
    await users.put('1', 1)
    expect((await users.explain('1')).key).to.equal("@acme/'1'")
    await users.bumpVersion()
    expect(await users.explain('1')).to.include({ outcome: 'miss' })
    caches.disable()
    expect(await users.explain('1')).to.include({ outcome: 'miss', why: 'disabled' })
  })

  it('by another process', async () => {
    const clock = new FakeClock()
    const kept = new Map<string, string>()
    const start = () =>
      createCacheManager({ clock, store: keyvStore(kept, { shared: true }), caches: { users: {} } }).cache('users')
    const [one, two] = [start(), start()]
    await one.put('a', 1)
    expect(await two.get('a')).to.equal(1)
    await one.evict('a')
    await clock.advance(1_100)
    expect(await two.getOrLoad('b', () => 1)).to.equal(1)
    const said = await two.explain('a')
    expect(said).to.include({ outcome: 'miss', by: 'another process' })
    expect(said.text).to.contain('by another process')
  })
})
