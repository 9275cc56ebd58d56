import { assert } from 'chai'
import type { Filled, Refusal } from '@cachesmith/core'
import { otherHand, temporaryFiles } from './files.js'
import { aScope, granted, keep, sealed, twoProcesses, words } from './worlds.js'
import type { World } from './worlds.js'

const refused = (why: Refusal): Filled => ({ kind: 'refused', why })

describe('a SQLite store, two processes on one file', () => {
  const files = temporaryFiles()
  let path: string
  let world: World

  beforeEach(async () => {
    path = files.next('store')
    world = await twoProcesses(path)
  })
  afterEach(() => world.close())

  describe('reads', () => {
    it('in the order asked, with repeats, and says what is not there', async () => {
      await keep(world.one, 'a', 'A')
      await keep(world.two, 'b', 'B')
      assert.deepEqual(await words(world.one, 'b', 'x', 'a', 'b'), ['B', '(absent)', 'A', 'B'])
      assert.deepEqual(await world.one.read([]), [])
    })

    it('many callers of one tick together, each with its own answer', async () => {
      for (let n = 0; n < 20; n++) await keep(world.one, `k${n}`)
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => words(world.two, `k${n % 25}`)))
      assert.deepEqual(
        answers.flat(),
        Array.from({ length: 200 }, (_, n) => (n % 25 < 20 ? `k${n % 25}` : '(absent)')),
      )
    })

    it('no entry past its life, and deletes none on read', async () => {
      await keep(world.one, 'k', 'short', [], 1_000)
      await keep(world.one, 'ever', 'long', [], Number.POSITIVE_INFINITY)
      world.time.now += 1_000
      assert.deepEqual(await words(world.one, 'k', 'ever'), ['(absent)', 'long'])
      world.time.now -= 1
      assert.deepEqual(await words(world.two, 'k'), ['short'])
    })

    it('5,000 keys at once (D20)', async () => {
      const keys = Array.from({ length: 5_000 }, (_, n) => `k${n}`)
      await keep(world.one, 'k4999', 'last')
      const found = await words(world.one, ...keys)
      assert.strictEqual(found[4_999], 'last')
      assert.strictEqual(found.filter((it) => it === '(absent)').length, 4_999)
    })
  })

  describe('fences (C3)', () => {
    it('refuses a fill when the key was evicted since its load began', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.evict(['k'])
      assert.deepEqual(await world.one.fill(ticket, sealed('old')), refused('fenced'))
      assert.deepEqual(await words(world.two, 'k'), ['(absent)'])
    })

    it('also when a new load began since', async () => {
      const old = await granted(world.one, 'k')
      await world.two.evict(['k'])
      const fresh = await granted(world.two, 'k')
      assert.deepEqual(await world.one.fill(old, sealed('old')), refused('fenced'))
      assert.deepEqual(await world.two.fill(fresh, sealed('new')), { kind: 'stored' })
      assert.deepEqual(await words(world.one, 'k'), ['new'])
    })

    it('refuses a fill whose tag was invalidated since, known only from the result (C24)', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.evictTags(['team', 'other'])
      assert.deepEqual(await world.one.fill(ticket, sealed('old', ['mine', 'team'])), refused('tagged'))
      assert.deepEqual(await words(world.one, 'k'), ['(absent)'])
      await keep(world.one, 'k', 'new', ['mine', 'team'])
      assert.deepEqual(await words(world.two, 'k'), ['new'])
    })

    it('keeps a fill whose tags were left alone', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.evictTags(['other'])
      await world.two.evict(['other key'])
      assert.deepEqual(await world.one.fill(ticket, sealed('v', ['team'])), { kind: 'stored' })
    })

    it('refuses a fill over a clear', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.clear()
      assert.deepEqual(await world.one.fill(ticket, sealed('old')), refused('cleared'))
    })

    it('refuses a fill over a new generation', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.bumpVersion()
      assert.deepEqual(await world.one.fill(ticket, sealed('old')), refused('cleared'))
      assert.deepEqual(await words(world.one, 'k'), ['(absent)'])
    })

    it('holds in 300 races of a load and an evict: what was evicted is never read again', async () => {
      for (let round = 0; round < 300; round++) {
        const key = `k${round % 3}`
        let source = 'old'
        const load = async () => {
          const begun = await world.one.begin(key)
          const value = source
          if (begun.kind === 'granted') await world.one.fill(begun.ticket, sealed(value))
        }
        const evict = async () => {
          for (let turn = 0; turn < round % 7; turn++) await world.two.generation()
          source = 'new'
          await world.two.evict([key])
        }
        await Promise.all([load(), evict()])
        assert.notInclude(await words(world.two, key), 'old', `round ${round}`)
        await world.one.evict([key])
      }
    })
  })

  describe('control lost (C6)', () => {
    it('voids all entries and fills, and no old entry lives again', async () => {
      const other = await otherHand(path)
      await keep(world.one, 'k', 'old')
      const ticket = await granted(world.one, 'loading')
      await other.run('DELETE FROM control')
      assert.deepEqual(await words(world.one, 'k'), ['(cleared)'])
      assert.deepEqual(await world.one.fill(ticket, sealed('old')), refused('cleared'))
      await keep(world.two, 'k2', 'new')
      assert.deepEqual(await words(world.one, 'k', 'k2'), ['(cleared)', 'new'])
      await world.two.evict(['nothing'])
      assert.deepEqual(await words(world.one, 'k'), ['(cleared)'])
      await other.close()
    })

    it('a record of the lost incarnation speaks against no entry of the new one', async () => {
      const other = await otherHand(path)
      for (let n = 0; n < 5; n++) {
        await keep(world.one, 'k', 'old', ['team'])
        await world.one.evictTags(['team'])
      }
      await other.run('DELETE FROM control')
      await keep(world.one, 'k', 'new', ['team'])
      await world.two.evictTags(['another'])
      assert.deepEqual(await words(world.two, 'k'), ['new'])
      const ticket = await granted(world.two, 'loading')
      await world.one.evictTags(['yet another'])
      assert.deepEqual(await world.two.fill(ticket, sealed('v', ['team'])), { kind: 'stored' })
      await world.two.evictTags(['team'])
      assert.deepEqual(await words(world.one, 'k'), ['(tagged team)'])
      await other.close()
    })

    it('a lost lease is a refused fill', async () => {
      const other = await otherHand(path)
      const ticket = await granted(world.one, 'k')
      await other.run('DELETE FROM lease')
      assert.deepEqual(await world.one.fill(ticket, sealed('v')), refused('lost'))
      assert.isFalse(await world.one.renew(ticket))
      await other.close()
    })
  })

  describe('invalidates', () => {
    it('keys, and only those', async () => {
      for (const key of ['a', 'b', 'c']) await keep(world.one, key)
      await world.two.evict(['a', 'c', 'none'])
      await world.two.evict([])
      assert.deepEqual(await words(world.one, 'a', 'b', 'c'), ['(absent)', 'b', '(absent)'])
    })

    it('tags, and names the one that did it', async () => {
      await keep(world.one, 'a', 'a', ['x', 'y'])
      await keep(world.one, 'b', 'b', ['z'])
      await keep(world.one, 'c')
      await world.two.evictTags(['y'])
      assert.deepEqual(await words(world.one, 'a', 'b', 'c'), ['(tagged y)', 'b', 'c'])
      await keep(world.two, 'a', 'new', ['x', 'y'])
      assert.deepEqual(await words(world.one, 'a'), ['new'])
    })

    it('everything by clear, of this cache alone', async () => {
      const other = await otherHand(path)
      const sister = world.stores[0].cache(aScope(world.time, { cache: 'stats' }))
      await keep(sister, 'k', 'kept')
      await keep(world.one, 'k', 'old', ['team'])
      await world.two.clear()
      assert.deepEqual(await words(world.one, 'k'), ['(cleared)'])
      assert.deepEqual(await words(sister, 'k'), ['kept'])
      await keep(world.one, 'k', 'new', ['team'])
      assert.deepEqual(await words(world.two, 'k'), ['new'])
      await other.close()
    })

    it('1,000 keys in one step', async () => {
      const keys = Array.from({ length: 1_000 }, (_, n) => `k${n}`)
      await keep(world.one, 'k0')
      await keep(world.one, 'k999')
      await world.two.evict(keys)
      assert.deepEqual(await words(world.one, 'k0', 'k999'), ['(absent)', '(absent)'])
    })
  })

  describe('expires', () => {
    it('rewrites what is there, leaves what it may, and fences loads that began before', async () => {
      await keep(world.one, 'a', 'A')
      await keep(world.one, 'b', 'B')
      const refresh = await world.one.read(['a'])
      const ticket = await granted(world.one, 'a', refresh[0]?.kind === 'found' ? refresh[0].id : undefined)
      await world.two.expire(['a', 'b', 'none'], (text) => (text === 'A' ? `stale ${text}` : undefined))
      assert.deepEqual(await words(world.one, 'a', 'b', 'none'), ['stale A', 'B', '(absent)'])
      assert.deepEqual(await world.one.fill(ticket, sealed('old')), refused('fenced'))
    })

    it('drops an entry that changed while it was rewritten', async () => {
      await keep(world.one, 'k', 'first')
      const found = (await world.one.read(['k']))[0]
      const refresh = await granted(world.one, 'k', found?.kind === 'found' ? found.id : undefined)
      let racing: Promise<unknown> | undefined
      await world.two.expire(['k'], (text) => {
        racing ??= world.one.fill(refresh, sealed('second'))
        return `stale ${text}`
      })
      await racing
      assert.notInclude(await words(world.one, 'k'), 'second')
    })
  })

  describe('puts', () => {
    it('keep their value when nobody came between', async () => {
      await keep(world.one, 'k', 'old')
      const ticket = await world.one.beginPut('k')
      assert.strictEqual(await world.one.put(ticket, sealed('new', ['team'])), 'stored')
      assert.deepEqual(await words(world.two, 'k'), ['new'])
      await world.two.evictTags(['team'])
      assert.deepEqual(await words(world.two, 'k'), ['(tagged team)'])
    })

    for (const firstEnds of ['one', 'two'] as const) {
      it(`leave nothing when they overlap and '${firstEnds}' ends first (C5)`, async () => {
        const first = { cache: world.one, ticket: await world.one.beginPut('k') }
        const second = { cache: world.two, ticket: await world.two.beginPut('k') }
        const order = firstEnds === 'one' ? [first, second] : [second, first]
        const outcomes = []
        for (const { cache, ticket } of order) {
          outcomes.push(await cache.put(ticket, sealed('some')))
          if (order[0]?.cache === world.one) assert.deepEqual(await words(world.two, 'k'), ['(absent)'])
        }
        assert.strictEqual(outcomes[1], 'evicted')
        assert.deepEqual(await words(world.one, 'k'), ['(absent)'])
      })
    }

    for (const [title, between] of [
      ['an evict', (it: World) => it.two.evict(['k'])],
      ['a tag', (it: World) => it.two.evictTags(['team'])],
      ['a clear', (it: World) => it.two.clear()],
      ['a new generation', (it: World) => it.two.bumpVersion()],
    ] as const) {
      it(`leave nothing when ${title} came between`, async () => {
        await keep(world.one, 'k', 'old')
        const ticket = await world.one.beginPut('k')
        await between(world)
        assert.strictEqual(await world.one.put(ticket, sealed('new', ['team'])), 'evicted')
        assert.include(['(absent)', '(cleared)'], (await words(world.two, 'k'))[0])
      })
    }

    it('void a load that began before, and keep one that begins meanwhile from filling', async () => {
      const before = await granted(world.two, 'k')
      const ticket = await world.one.beginPut('k')
      assert.deepEqual(await world.two.begin('k'), { kind: 'writing' })
      assert.strictEqual((await world.two.fill(before, sealed('old'))).kind, 'refused')
      assert.strictEqual(await world.one.put(ticket, sealed('new')), 'stored')
      assert.deepEqual(await words(world.two, 'k'), ['new'])
    })
  })

  describe('leases', () => {
    it('one load per key over both: the other is busy, then gets the value', async () => {
      const ticket = await granted(world.one, 'k')
      assert.deepEqual(await world.two.begin('k'), { kind: 'busy' })
      await world.one.fill(ticket, sealed('v'))
      const begun = await world.two.begin('k')
      assert.strictEqual(begun.kind === 'value' && begun.text, 'v')
    })

    it('a released one is free, one of its own is no obstacle', async () => {
      await granted(world.one, 'k')
      const second = await granted(world.one, 'k')
      assert.deepEqual(await world.two.begin('k'), { kind: 'busy' })
      await world.one.release(second)
      const ticket = await granted(world.two, 'k')
      assert.deepEqual(await world.two.fill(ticket, sealed('v')), { kind: 'stored' })
    })

    it('one that ran out is free, and proves nothing once it was taken', async () => {
      const slow = await granted(world.one, 'k')
      world.time.now += 3_000
      const quick = await granted(world.two, 'k')
      assert.isFalse(await world.one.renew(slow))
      assert.deepEqual(await world.one.fill(slow, sealed('slow')), refused('lost'))
      assert.deepEqual(await world.two.fill(quick, sealed('quick')), { kind: 'stored' })
    })

    it('a renewed one stands', async () => {
      const ticket = await granted(world.one, 'k')
      world.time.now += 2_000
      assert.isTrue(await world.one.renew(ticket))
      world.time.now += 2_000
      assert.deepEqual(await world.two.begin('k'), { kind: 'busy' })
    })

    it('a refused fill gives it back', async () => {
      const ticket = await granted(world.one, 'k')
      await world.two.evictTags(['team'])
      await world.one.fill(ticket, sealed('old', ['team']))
      await granted(world.two, 'k')
    })

    it('a refresh is granted over the entry it replaces, not over a newer one', async () => {
      await keep(world.one, 'k', 'old')
      const found = (await world.one.read(['k']))[0]
      const id = found?.kind === 'found' ? found.id : undefined
      await world.one.fill(await granted(world.one, 'k', id), sealed('new'))
      const begun = await world.two.begin('k', id)
      assert.strictEqual(begun.kind === 'value' && begun.text, 'new')
      await granted(world.two, 'k', begun.kind === 'value' ? begun.id : undefined)
    })
  })
})
