import { assert } from 'chai'
import { keyvStore } from '#core/store/keyv.js'

const scope = (over: object = {}) => ({
  namespace: 'n',
  cache: 'c',
  version: 1,
  longestLife: 60_000,
  leaseTime: 1_000,
  now: Date.now,
  ...over,
})

describe('whatever bytes a Keyv holds', () => {
  it('R11 K22 takes corrupt, foreign and expired bytes for a miss', async () => {
    const map = new Map<string, unknown>()
    let now = 1_000
    const cache = keyvStore(map).cache(scope({ now: () => now }))
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 500 })
    const [name, good] = [...map].find(([, text]) => String(text).startsWith('cs1 ')) as [string, string]
    const kind = async () => (await cache.read(['a']))[0]?.kind
    assert.equal(await kind(), 'found')
    const other = good.replace(/"k":"[^"]*"/, '"k":"cs1:n:c:v1.0:b"')
    const bad = [
      '',
      'cs1',
      'cs1 {',
      'cs1 {}',
      'cs1 {}\n',
      'cs1 {"x":1}\n',
      'cs1 null\n{}',
      '{"value":"x"}',
      other,
      good.replace('"m":[', '"m":[1,'),
      good.replace(/"x":\d+/, '"x":"9"'),
      good.slice(0, 40),
      42,
      null,
      Buffer.from(good),
      { value: good },
      [good],
      Number.NaN,
      true,
    ]
    for (const bytes of bad) {
      map.set(name, bytes)
      assert.equal(await kind(), 'missing', String(bytes))
    }
    map.set(name, good)
    now = 1_499
    assert.equal(await kind(), 'found')
    now = 1_500
    assert.equal(await kind(), 'missing')
    assert.isTrue(map.has(name), 'a read deletes nothing')
  })

  it('K20 takes hostile tokens for lost ones', async () => {
    const map = new Map<string, unknown>()
    const cache = keyvStore(map).cache(scope())
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 500 })
    for (const [name, text] of [...map]) {
      if (String(text).startsWith('cs1 ')) continue
      for (const bytes of ['', 'r', {}, [], 7, '0', '-1 r', `99999999999999999999 r${'a'.repeat(22)}`]) {
        map.set(name, bytes)
        const marks = !/:[ph]\d*$/.test(name)
        assert.equal((await cache.read(['a']))[0]?.kind, marks ? 'missing' : 'found', name)
        const again = await cache.begin('a')
        assert(again.kind === 'granted')
        await cache.fill(again.ticket, { text: 'one', tags: ['t'], life: 500 })
        assert.equal((await cache.read(['a']))[0]?.kind, 'found', name)
      }
    }
  })

  it('K20 takes a hostile soft token for none, and the next load puts it right', async () => {
    const map = new Map<string, unknown>()
    const cache = keyvStore(map).cache(scope())
    const refill = async () => {
      const begun = await cache.begin('a')
      assert(begun.kind === 'granted')
      assert.deepEqual(await cache.fill(begun.ticket, { text: 'one', tags: ['t'], life: 500 }), { kind: 'stored' })
    }
    const expired = async () => {
      const [found] = await cache.read(['a'])
      assert(found?.kind === 'found')
      return found.expired === true
    }
    await refill()
    await cache.expireTags(['t'])
    assert.isTrue(await expired())
    await refill()
    const name = [...map.keys()].find((one) => one.includes(':s:')) as string
    for (const bytes of ['', 'r', {}, [], 7, null]) {
      map.set(name, bytes)
      assert.isTrue(await expired(), 'it had one, and has none now')
      await refill()
      assert.isFalse(await expired())
      await cache.expireTags(['t'])
      assert.isTrue(await expired())
      await refill()
    }
    map.delete(name)
    assert.isTrue(await expired())
  })
})
