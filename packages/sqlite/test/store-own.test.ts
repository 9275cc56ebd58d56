import { assert } from 'chai'
import type { Heard, Invalidations } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
import { otherHand, temporaryFiles } from './files.js'
import { aScope, granted, keep, sealed, twoProcesses, words } from './worlds.js'

const own = (some: Partial<Invalidations>): Invalidations => ({ keys: [], tags: [], all: false, ...some })

describe('a SQLite store, a put with its own invalidations, two processes on one file', () => {
  const files = temporaryFiles()

  for (const [title, invalidations] of [
    ['tags and keys', own({ tags: ['team', 'x'], keys: ['k1', 'k2', 'k3'] })],
    ['all', own({ all: true })],
  ] as const) {
    it(`is one step: nobody sees it half done (${title})`, async () => {
      const { one, two, close } = await twoProcesses(files.next())
      const names = ['a', 'tagged', 'k1', 'k2', 'k3']
      for (let round = 0; round < 40; round++) {
        for (const key of names) if (key !== 'a') await keep(one, key, 'old', key === 'tagged' ? ['team'] : [])
        const ticket = await one.beginPut('a')
        const seen: string[] = []
        let done = false
        const look = async () => {
          while (!done) seen.push((await words(two, ...names)).map((word) => word[0]).join(''))
        }
        const put = async () => {
          assert.strictEqual(await one.put(ticket, sealed('new', ['team']), invalidations), 'stored')
          done = true
        }
        await Promise.all([look(), put()])
        seen.push((await words(two, ...names)).map((word) => word[0]).join(''))
        const before = round === 0 ? '(oooo' : 'noooo'
        assert.includeMembers([before, 'n(((('], seen, `round ${round}`)
        assert.strictEqual(seen.at(-1), 'n((((')
      }
      await close()
    })
  }

  it('is heard by others in full, and not again by itself', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    await keep(one, 'k')
    await Promise.all([one.poll(), two.poll()])
    await one.put(await one.beginPut('a'), sealed('v', ['t']), own({ tags: ['t', 'u'], keys: ['b', 'a'] }))
    const heard: Heard = { kind: 'names', keys: ['b', 'a'], tags: ['t', 'u'] }
    assert.deepEqual(await two.poll(), heard)
    assert.deepEqual(await one.poll(), { kind: 'names', keys: [], tags: [] })
    await one.put(await one.beginPut('a'), sealed('v', ['t']), own({ all: true }))
    assert.deepEqual(await two.poll(), { kind: 'unknown' })
    assert.deepEqual(await two.poll(), { kind: 'nothing' })
    assert.deepEqual(await one.poll(), { kind: 'names', keys: [], tags: [] })
    await two.evict(['a'])
    assert.deepEqual(await one.poll(), { kind: 'names', keys: ['a'], tags: [] })
    await close()
  })

  it('keeps nothing where control was lost, or its lease', async () => {
    const path = files.next()
    const { one, two, close } = await twoProcesses(path)
    const hand = await otherHand(path)
    for (const lost of ['control', 'lease']) {
      for (const invalidations of [own({ tags: ['t'] }), own({ all: true })]) {
        await keep(two, 'other', 'old', ['t'])
        const ticket = await one.beginPut('a')
        await hand.run(`DELETE FROM ${lost}`)
        assert.strictEqual(await one.put(ticket, sealed('v', ['t']), invalidations), 'evicted')
        assert.notInclude(await words(two, 'a', 'other'), 'v')
        assert.notInclude(await words(two, 'a', 'other'), 'old')
      }
    }
    await hand.close()
    await close()
  })

  it('takes 1,000 keys and 1,000 tags with a large value', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    const many = Array.from({ length: 1_000 }, (_, n) => `n${n}`)
    await keep(two, 'n999', 'old')
    await keep(two, 'tagged', 'old', ['n999'])
    const text = 'x'.repeat(1_000_000)
    assert.strictEqual(
      await one.put(await one.beginPut('a'), sealed(text, many), own({ keys: many, tags: many })),
      'stored',
    )
    assert.deepEqual(await words(two, 'a', 'n999', 'tagged'), [text, '(absent)', '(tagged n999)'])
    await close()
  })
})

describe('a SQLite store, tags that expire', () => {
  const files = temporaryFiles()

  it('a load under way may fill: it is found, and expired', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    const ticket = await granted(one, 'k')
    await two.expireTags(['team'])
    assert.deepEqual(await one.fill(ticket, sealed('v', ['team'])), { kind: 'stored' })
    const [found] = await two.read(['k'])
    assert.deepInclude(found, { kind: 'found', text: 'v', expired: true })
    assert.deepEqual(await two.begin('k'), { ...found, kind: 'value' } as never)
    await close()
  })

  it('a put under way becomes an evict', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    for (const invalidations of [undefined, own({ tags: ['team'] }), own({ all: true })]) {
      const ticket = await one.beginPut('k')
      await two.expireTags(['team'])
      assert.strictEqual(await one.put(ticket, sealed('v', ['team']), invalidations), 'evicted')
    }
    await close()
  })

  it('is told as a tag', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    await keep(one, 'k')
    await one.poll()
    await two.expireTags(['a', 'b'])
    assert.deepEqual(await one.poll(), { kind: 'names', keys: [], tags: ['a', 'b'] })
    await close()
  })

  it('an expiry whose record was purged leaves no entry that passes for fresh', async () => {
    const path = files.next()
    const store = sqliteStore(path)
    await store.open()
    const past = { now: Date.now() - 3_600_000 }
    const cache = store.cache(aScope(past))
    const long = 10 * 3_600_000
    await keep(cache, 'before', 'v', ['team'], long)
    await cache.evictTags(['another'])
    await cache.expireTags(['team'])
    await keep(cache, 'after', 'v', ['team'], long)
    assert.deepInclude((await cache.read(['before']))[0], { kind: 'found', expired: true })
    await store.close()
    const again = sqliteStore(path)
    await again.open()
    await again.close()
    const hand = await otherHand(path)
    assert.deepEqual(await hand.run('SELECT count(*) AS left FROM tag'), [{ left: 0 }])
    await hand.close()
    const last = sqliteStore(path)
    await last.open()
    assert.deepEqual(await words(last.cache(aScope(past)), 'before', 'after'), ['(outdated)', 'v'])
    await last.close()
  })

  it('a record of a lost incarnation makes nothing stale', async () => {
    const path = files.next()
    const { one, two, close } = await twoProcesses(path)
    const hand = await otherHand(path)
    for (let n = 0; n < 5; n++) await two.expireTags(['team'])
    await keep(one, 'first')
    for (let n = 0; n < 5; n++) await two.expireTags(['team'])
    await hand.run('DELETE FROM control')
    await keep(one, 'k', 'v', ['team'])
    await two.expireTags(['another'])
    assert.notProperty((await one.read(['k']))[0], 'expired')
    await two.evictTags(['team'])
    await keep(one, 'k', 'v', ['team'])
    await two.expireTags(['another'])
    assert.notProperty((await one.read(['k']))[0], 'expired')
    await hand.close()
    await close()
  })
})
