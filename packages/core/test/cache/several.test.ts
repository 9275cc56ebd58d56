import { CacheConfigError, CacheKeyError, createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'
import { Adapter } from '../store/adapter.js'

describe('getMany', () => {
  it('answers in order, undefined where there is none, and counts each', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<number>('users')
    await users.put('a', 1)
    await users.put(['b', 2], 2)
    expect(await users.getMany([['b', 2], 'x', 'a', 'a'])).to.deep.equal([2, undefined, 1, 1])
    expect(users.stats()).to.include({ hits: 3, misses: 1 })
    expect(await users.getMany([])).to.deep.equal([])
    expect(await users.getMany(new Set(['a']))).to.deep.equal([1])
    expect(await rejection(() => users.getMany(['a', () => 1]))).to.be.instanceOf(CacheKeyError)
  })

  it('reads the store once, and not at all for what memory has', async () => {
    const adapter = new Adapter()
    const reads: number[] = []
    Object.assign(adapter, {
      getMany: async (keys: string[]) => {
        reads.push(keys.length)
        return keys.map((key) => adapter.kept.get(key))
      },
    })
    const start = () =>
      createCacheManager({
        clock: new FakeClock(),
        store: keyvStore(adapter, { shared: false }),
        caches: { users: {} },
      })
    const before = start().cache<number>('users')
    for (const key of ['a', 'b', 'c']) await before.put(key, 1)
    const users = start().cache<number>('users')
    await users.get('nothing')
    reads.length = 0
    expect(await users.getMany(['a', 'b', 'c'])).to.deep.equal([1, 1, 1])
    expect(reads).to.have.length(1)
    expect(await users.getMany(['c', 'b', 'a'])).to.deep.equal([1, 1, 1])
    expect(reads).to.have.length(1)
  })

  it('what is invalidated while the store is read does not get into memory', async () => {
    const adapter = new Adapter()
    const options = { clock: new FakeClock(), caches: { users: {} } }
    await createCacheManager({ ...options, store: keyvStore(adapter, { shared: false }) })
      .cache('users')
      .put('a', 'old')
    const caches = createCacheManager({ ...options, store: keyvStore(adapter, { shared: false }) })
    const users = caches.cache<string>('users')
    await users.get('nothing')
    const open = gate()
    const get = adapter.get.bind(adapter)
    adapter.get = async (key) => {
      const value = await get(key)
      await open.promise
      return value as never
    }
    const reading = users.getMany(['a'])
    await new Promise((resolve) => setImmediate(resolve))
    const evicting = users.evict('a')
    open.open()
    await Promise.all([reading, evicting])
    expect(await users.get('a')).to.equal(undefined)
  })
})

describe('getOrLoadMany', () => {
  it('loads what is missing in one call and shares entries with getOrLoad', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<string>('users')
    await users.getOrLoad(['user', 'a'], () => 'A')
    const asked: string[][] = []
    const ask = (ids: Iterable<string>) =>
      users.getOrLoadMany(
        ids,
        async (missing) => {
          asked.push(missing)
          return missing.map((id) => id.toUpperCase())
        },
        { key: (id) => ['user', id], tags: (item, id) => [item, id], ttl: '1h' },
      )
    expect(await ask(['b', 'a', 'b'])).to.deep.equal(['B', 'A', 'B'])
    expect(await ask(new Set(['a', 'b']))).to.deep.equal(['A', 'B'])
    expect(asked).to.deep.equal([['b']])
    await users.evictTags(['B'])
    expect(await ask(['a', 'b'])).to.deep.equal(['A', 'B'])
    expect(asked).to.deep.equal([['b'], ['b']])
    expect((await users.peek(['user', 'b']))!.tags).to.deep.equal(['B', 'b'])
  })

  it('takes a list with idOf, a Map or a record; what has no item is undefined, and cached', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<{ id: number }>('users')
    const idOf = (item: { id: number }) => item.id
    expect(await users.getOrLoadMany([1, 2, 3], () => [{ id: 3 }, { id: 1 }], { idOf })).to.deep.equal([
      { id: 1 },
      undefined,
      { id: 3 },
    ])
    expect(await users.getOrLoadMany([2, 4], (ids) => new Map([[ids[0]!, { id: 4 }]]))).to.deep.equal([
      undefined,
      { id: 4 },
    ])
    expect(await users.getOrLoadMany([5, 1], (ids) => ({ [ids[0]!]: { id: 5 } }))).to.deep.equal([{ id: 5 }, { id: 1 }])
    expect(users.stats()).to.include({ loads: 5, hits: 2 })
  })

  it('calls of one loader share its loads; each is fenced by itself', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<string>('users')
    const open = gate()
    const asked: string[][] = []
    const load = async (ids: string[]) => {
      asked.push(ids)
      await open.promise
      return ids
    }
    const both = [users.getOrLoadMany(['a', 'b'], load), users.getOrLoadMany(['b', 'c'], load)]
    await users.evict('a')
    open.open()
    expect(await Promise.all(both)).to.deep.equal([
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect(asked).to.deep.equal([['a', 'b'], ['c']])
    expect(await users.getMany(['a', 'b', 'c'])).to.deep.equal([undefined, 'b', 'c'])
  })

  it('refuses what it cannot mean, by name', async () => {
    const users = bench({ users: {} }).caches.cache<number>('users')
    const cases: [() => unknown, RegExp][] = [
      [() => users.getOrLoadMany([1], () => [1, 2]), /getOrLoadMany.*asked for 1 ids and answered 2/],
      [() => users.getOrLoadMany([1], () => [1], { idof: 1 } as never), /unknown option 'idof'; did you mean 'idOf'/],
      [() => users.getOrLoadMany([1], () => [1], { key: 'id' } as never), /'key' is a function/],
      [() => users.getOrLoadMany([1], 7 as never), /'loadMissing' is a function/],
      [() => users.getOrLoadMany([1], () => [1], { ttl: '1 min' as never }), /'ttl'/],
    ]
    for (const [work, message] of cases) {
      const error = await rejection(work)
      expect(error).to.be.instanceOf(CacheConfigError)
      expect(error.message).to.match(message)
    }
    expect(users.stats().entries).to.equal(0)
  })

  it('scope parts the entries of tenants', async () => {
    let tenant = 'a'
    const users = bench({ users: { scope: () => tenant } }).caches.cache<string>('users')
    const ask = () => users.getOrLoadMany(['1', '2'], (ids) => ids.map((id) => tenant + id))
    expect(await ask()).to.deep.equal(['a1', 'a2'])
    tenant = 'b'
    expect(await ask()).to.deep.equal(['b1', 'b2'])
    tenant = 'a'
    expect(await ask()).to.deep.equal(['a1', 'a2'])
  })
})
