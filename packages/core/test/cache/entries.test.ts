import { storedKey } from '@cachesmith/core'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

function cached() {
  const b = bench({ users: { ttl: '10s' } })
  return { ...b, cache: b.caches.cache<unknown>('users') }
}

describe('entries', () => {
  it('lists what memory holds, without values', async () => {
    const { cache, clock } = cached()
    const at = clock.now()
    await cache.put(['user', '1'], { secret: 1 }, { tags: ['t'] })
    await clock.advance(1_000)
    await cache.put('b', 2, { ttl: '1h' })
    const all = [...cache.entries()]
    expect(all.map((e) => ({ ...e, bytes: 0 }))).to.deep.equal([
      { key: "user:'1'", createdAt: at, expiresAt: at + 10_000, tags: ['t'], bytes: 0 },
      { key: 'b', createdAt: at + 1_000, expiresAt: at + 3_601_000, tags: [], bytes: 0 },
    ])
    expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).to.equal(cache.stats().bytes)
    expect(cache.stats()).to.include({ hits: 0, misses: 0 })
  })

  it('by a piece of the key and by a tag', async () => {
    const { cache } = cached()
    for (const id of ['1', '2', '3']) await cache.put(['user', id], id, { tags: [`odd:${Number(id) % 2}`] })
    const keys = (options: { search?: string; tag?: string }) => Array.from(cache.entries(options), (e) => e.key)
    expect(keys({ search: "'2" })).to.deep.equal(["user:'2'"])
    expect(keys({ tag: 'odd:1' })).to.deep.equal(["user:'1'", "user:'3'"])
    expect(keys({ tag: 'odd:1', search: '3' })).to.deep.equal(["user:'3'"])
    expect(keys({ tag: 'odd' })).to.deep.equal([])
    expect(() => cache.entries({ serach: 'x' } as object)).to.throw("did you mean 'search'?")
    expect(() => cache.entries({ tag: 1 } as object)).to.throw("'tag' is a text; got number")
  })

  it('leaves out what is gone: expired, outdated by a tag', async () => {
    const { cache, clock } = cached()
    await cache.put('short', 1, { ttl: '1s' })
    await cache.put('tagged', 1, { tags: ['t'] })
    await cache.put('stays', 1)
    await clock.advance(1_500)
    await cache.evictTags(['t'])
    expect(Array.from(cache.entries(), (e) => e.key)).to.deep.equal(['stays'])
  })

  it('with gaps: every key is a step, so that a walk for something rare can stop anywhere', async () => {
    const { cache, clock } = cached()
    await cache.put('short', 1, { ttl: '1s' })
    await cache.put(['user', '1'], 1, { tags: ['t'] })
    await cache.put(['user', '2'], 1)
    await clock.advance(1_500)
    const steps = (options: { search?: string; tag?: string }) =>
      Array.from(cache.entries({ ...options, gaps: true }), (e) => e?.key)
    expect(steps({})).to.deep.equal([undefined, "user:'1'", "user:'2'"])
    expect(steps({ search: 'nowhere' })).to.deep.equal([undefined, undefined, undefined])
    expect(steps({ tag: 't' })).to.deep.equal([undefined, "user:'1'", undefined])
    expect(() => cache.entries({ gaps: 1 } as object)).to.throw("'gaps' is true or false; got number")
  })

  it('ends and meets each key once while entries are loaded anew, come and go', async () => {
    const { cache } = cached()
    for (let n = 0; n < 100; n++) await cache.put(n, n)
    const met: string[] = []
    for (const { key } of cache.entries()) {
      met.push(key)
      await cache.put(Number(key), 'anew')
      await cache.put(1_000 + Number(key), 'new')
      if (key === '10') await cache.evict(50)
      if (key === '90') await cache.clear()
    }
    expect(met).to.deep.equal(Array.from({ length: 91 }, (_, n) => String(n)).filter((key) => key !== '50'))
  })
})

describe('storedKey', () => {
  it('names the entry that entries() showed, whatever the scope of who asks', async () => {
    let tenant = 'a'
    const { caches } = bench({ users: { scope: () => tenant } })
    const cache = caches.cache<number>('users')
    await cache.put(['user', 1], 1)
    const key = Array.from(cache.entries(), (e) => e.key)[0]!
    expect(key).to.equal('@a/user:1')
    tenant = 'b'
    expect(await cache.get(['user', 1])).to.equal(undefined)
    expect(await cache.get(storedKey(key))).to.equal(1)
    expect((await cache.explain(storedKey(key))).outcome).to.equal('hit')
    await cache.evict(storedKey(key))
    tenant = 'a'
    expect(await cache.get(['user', 1])).to.equal(undefined)
  })

  it('refuses what no key is', () => {
    for (const wrong of ['', 'a b', 'ü', 'x'.repeat(201), 1, undefined])
      expect(() => storedKey(wrong as string), String(wrong)).to.throw('storedKey takes the text of a key')
  })
})
