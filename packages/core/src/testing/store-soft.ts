import type { StoreCache } from '../store/store.js'
import type { Case } from './store-fixture.js'

/** What a read says, in a word: the text, with a `!` when it was expired by tag; '-' when there is none. */
const said = async (cache: StoreCache, ...keys: string[]): Promise<string[]> =>
  (await cache.read(keys)).map((found) => (found.kind === 'missing' ? '-' : `${found.text}${found.expired ? '!' : ''}`))

const idOf = async (cache: StoreCache, key: string): Promise<string> => {
  const [found] = await cache.read([key])
  if (found?.kind !== 'found') throw new Error(`'${key}' is missing`)
  return found.id
}

/** A tag that makes stale, not void. */
export const softCases: readonly Case[] = [
  {
    title: 'expires by tag what bears the tag, for every process, and nothing else',
    async run({ cache, keep, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'both', 'both', ['red', 'blue'])
      await keep(here, 'blue', 'blue', ['blue'])
      await keep(here, 'none', 'none')
      assert.deepEqual(await said(there, 'both', 'blue', 'none'), ['both', 'blue', 'none'])
      await there.expireTags(['red', 'never borne'])
      await there.expireTags([])
      const third = cache()
      for (const process of [here, there, third])
        assert.deepEqual(await said(process, 'both', 'blue', 'none', 'both'), ['both!', 'blue', 'none', 'both!'])
      await here.expireTags(['blue'])
      assert.deepEqual(await said(there, 'both', 'blue', 'none'), ['both!', 'blue!', 'none'])
    },
  },
  {
    title: 'an entry expired by tag is replaced by a refresh, which is fresh',
    async run({ cache, fill, assert }) {
      const [here, there] = [cache(), cache()]
      const first = await here.begin('a')
      assert.ok(first.kind === 'granted' && (await fill(here, first.ticket, 'old', ['red'])) === 'stored')
      for (const text of ['new', 'newer']) {
        await there.expireTags(['red'])
        const asked = await there.begin('a')
        if (asked.kind === 'value') assert.equal(asked.expired, true)
        else if (asked.kind === 'granted') await there.release(asked.ticket)
        const begun = await here.begin('a', await idOf(here, 'a'))
        assert.equal(begun.kind, 'granted')
        assert.ok(begun.kind === 'granted' && (await fill(here, begun.ticket, text, ['red'])) === 'stored')
        assert.deepEqual(await said(there, 'a'), [text])
      }
    },
  },
  {
    title: 'a put replaces what was expired by tag, and is fresh',
    async run({ cache, keep, put, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'old', ['red'])
      await there.expireTags(['red'])
      assert.equal(await put(here, await here.beginPut('a'), 'new', ['red']), 'stored')
      assert.deepEqual(await said(there, 'a'), ['new'])
    },
  },
  {
    title: 'a load or a put that a tag expired under way is never fresh',
    async run({ cache, begin, fill, put, keep, assert }) {
      const [here, there] = [cache(), cache()]
      for (const known of [false, true]) {
        const tag = known ? 'known before' : 'known only from the result'
        if (known) await keep(here, 'other', 'other', [tag])
        const load = await begin(here, 'a')
        const write = await here.beginPut('b')
        await there.expireTags([tag])
        await fill(here, load, 'old', [tag])
        await put(here, write, 'old', [tag])
        const seen = await said(there, 'a', 'b')
        assert.ok(
          seen.every((one) => one === '-' || one === 'old!'),
          seen.join(),
        )
        await here.evict(['a', 'b'])
        await keep(here, 'a', 'new', [tag])
        assert.deepEqual(await said(there, 'a'), ['new'])
        await here.evict(['a'])
      }
    },
  },
  {
    title: 'an eviction beats an expiry of the same tag, whichever comes first',
    async run({ cache, keep, assert }) {
      const [here, there] = [cache(), cache()]
      for (const order of [
        [() => here.evictTags(['red']), () => there.expireTags(['red'])],
        [() => here.expireTags(['red']), () => there.evictTags(['red'])],
      ]) {
        await keep(here, 'a', 'old', ['red', 'blue'])
        for (const invalidate of order) await invalidate()
        assert.deepEqual(await said(there, 'a'), ['-'])
        await keep(here, 'a', 'new', ['red', 'blue'])
        assert.deepEqual(await said(there, 'a'), ['new'])
        await there.expireTags(['red'])
        assert.deepEqual(await said(here, 'a'), ['new!'])
        await there.evictTags(['blue'])
        assert.deepEqual(await said(here, 'a'), ['-'])
      }
    },
  },
  {
    title: 'a clear and an evict beat an expiry by tag',
    async run({ cache, keep, assert }) {
      const [here, there] = [cache(), cache()]
      for (const invalidate of [() => there.evict(['a']), () => there.clear()]) {
        await keep(here, 'a', 'old', ['red'])
        await there.expireTags(['red'])
        await invalidate()
        assert.deepEqual(await said(here, 'a'), ['-'])
        await keep(here, 'a', 'new', ['red'])
        assert.deepEqual(await said(there, 'a'), ['new'])
        await here.evict(['a'])
      }
    },
  },
  {
    title: 'R14 expires by tag in every release and generation',
    async run({ cache, keep, assert }) {
      const [old, young] = [cache({ version: 1 }), cache({ version: 2 })]
      await keep(old, 'a', 'old', ['red'])
      await keep(young, 'a', 'young', ['red'])
      await young.expireTags(['red'])
      assert.deepEqual([await said(old, 'a'), await said(young, 'a')], [['old!'], ['young!']])
      await young.bumpVersion()
      const [older] = await young.readAt(0, ['a'])
      assert.ok(older?.kind === 'found' && older.expired === true)
    },
  },
  {
    title: 'C18 others hear of an expiry by tag',
    async run({ store, cache, keep, eventually, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'one', ['red'])
      await eventually('polls become quiet', async () => (await here.poll()).kind === 'nothing')
      await there.expireTags(['red'])
      const heard = await here.poll()
      if (!store.capabilities.shared) assert.equal(heard.kind, 'nothing')
      else if (heard.kind === 'names') assert.deepEqual(heard.tags, ['red'])
      else assert.equal(heard.kind, 'unknown')
    },
  },
]
