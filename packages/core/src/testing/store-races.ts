import type { Case } from './store-fixture.js'

/** An invalidation beats whatever was begun before it, and reaches what it should, for every process. */
export const consistencyCases: readonly Case[] = [
  {
    title: 'evicts the keys it is told, in every process',
    async run({ cache, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      for (const key of ['a', 'b', 'c']) await keep(here, key, key)
      await there.evict(['a', 'c', 'never kept'])
      await there.evict([])
      assert.deepEqual(await texts(here, 'a', 'b', 'c'), [undefined, 'b', undefined])
      await keep(here, 'a', 'new')
      assert.deepEqual(await texts(there, 'a'), ['new'])
    },
  },
  {
    title: 'C1 refuses a fill that began before an evict of its key',
    async run({ cache, begin, fill, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      const ticket = await begin(here, 'a')
      await there.evict(['a'])
      assert.ok((await fill(here, ticket, 'old')) !== 'stored')
      assert.deepEqual(await texts(there, 'a'), [undefined])
      await keep(there, 'a', 'new')
      assert.deepEqual(await texts(here, 'a'), ['new'])
    },
  },
  {
    title: 'C4 keeps the put when an older load ends after it',
    async run({ cache, begin, fill, put, texts, assert }) {
      const [here, there] = [cache(), cache()]
      const load = await begin(here, 'a')
      const write = await there.beginPut('a')
      assert.equal(await put(there, write, 'v2'), 'stored')
      assert.ok((await fill(here, load, 'v1')) !== 'stored')
      assert.deepEqual(await texts(here, 'a'), ['v2'])
    },
  },
  {
    title: 'C4 never serves a load that ended while a put was running',
    async run({ cache, begin, fill, put, texts, assert }) {
      const [here, there] = [cache(), cache()]
      const load = await begin(here, 'a')
      const write = await there.beginPut('a')
      assert.ok((await fill(here, load, 'v1')) !== 'stored')
      assert.deepEqual(await texts(here, 'a'), [undefined])
      await put(there, write, 'v2')
      assert.deepEqual(
        (await texts(here, 'a')).filter((text) => text === 'v1'),
        [],
      )
    },
  },
  {
    title: 'C5 evicts when two puts of one key overlap, whichever ends first',
    async run({ cache, put, texts, assert }) {
      const [here, there] = [cache(), cache()]
      for (const firstEnds of [true, false]) {
        const [first, second] = [await here.beginPut('a'), await there.beginPut('a')]
        if (firstEnds) assert.equal(await put(here, first, 'one'), 'evicted')
        await put(there, second, 'two')
        if (!firstEnds) assert.equal(await put(here, first, 'one'), 'evicted')
        assert.deepEqual(await texts(here, 'a'), [undefined])
      }
      assert.equal(await put(here, await here.beginPut('a'), 'three'), 'stored')
      assert.deepEqual(await texts(there, 'a'), ['three'])
    },
  },
  {
    title: 'a put overtaken by an evict, a tag or a clear becomes an evict',
    async run({ cache, keep, put, texts, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'other', 'other', ['tag'])
      const overtakers = [() => there.evict(['a']), () => there.evictTags(['tag']), () => there.clear()]
      for (const overtake of overtakers) {
        const ticket = await here.beginPut('a')
        await overtake()
        assert.equal(await put(here, ticket, 'old', ['tag']), 'evicted')
        assert.deepEqual(await texts(there, 'a'), [undefined])
      }
    },
  },
  {
    title: 'a load that fails lets the next one begin',
    async run({ cache, begin, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      const ticket = await begin(here, 'a')
      assert.equal(await here.renew(ticket), true)
      await here.release(ticket)
      await keep(there, 'a', 'new')
      assert.deepEqual(await texts(here, 'a'), ['new'])
    },
  },
  {
    title: 'C26 evicts by tag what bears the tag, and nothing else',
    async run({ cache, keep, texts, why, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'both', 'both', ['red', 'blue'])
      await keep(here, 'blue', 'blue', ['blue'])
      await keep(here, 'none', 'none')
      assert.deepEqual(await texts(there, 'both', 'blue', 'none'), ['both', 'blue', 'none'])
      await there.evictTags(['red', 'never borne'])
      await there.evictTags([])
      assert.deepEqual(await texts(here, 'both', 'blue', 'none'), [undefined, 'blue', 'none'])
      assert.ok((await why(here, 'both')) !== 'found')
    },
  },
  {
    title: 'C24 does not keep what bears a tag that was invalidated while it loaded',
    async run({ cache, begin, fill, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      for (const known of [false, true]) {
        const tag = known ? 'known before' : 'known only from the result'
        if (known) await keep(here, 'other', 'other', [tag])
        const ticket = await begin(here, 'a')
        await there.evictTags([tag])
        assert.ok((await fill(here, ticket, 'old', [tag])) !== 'stored')
        assert.deepEqual(await texts(there, 'a'), [undefined])
        await keep(here, 'a', 'new', [tag])
        assert.deepEqual(await texts(there, 'a'), ['new'])
        await here.evict(['a'])
      }
    },
  },
  {
    title: 'C25 goes by the tags of the entry that is there now',
    async run({ cache, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'in red', ['red'])
      assert.deepEqual(await texts(there, 'a'), ['in red'])
      await here.evict(['a'])
      await keep(here, 'a', 'in blue', ['blue'])
      await there.evictTags(['red'])
      assert.deepEqual(await texts(there, 'a'), ['in blue'])
      await here.evictTags(['blue'])
      assert.deepEqual(await texts(there, 'a'), [undefined])
    },
  },
  {
    title: 'clears the cache, and refuses fills that began before',
    async run({ cache, keep, begin, fill, texts, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'one', ['tag'])
      const ticket = await begin(here, 'b')
      await there.clear()
      assert.ok((await fill(here, ticket, 'old')) !== 'stored')
      assert.deepEqual(await texts(here, 'a', 'b'), [undefined, undefined])
      await keep(there, 'b', 'new')
      assert.deepEqual(await texts(here, 'a', 'b'), [undefined, 'new'])
    },
  },
  {
    title: 'expires an entry to what it is rewritten to, until it is evicted',
    async run({ cache, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'fresh a', ['tag'])
      await keep(here, 'b', 'fresh b')
      const seen: string[] = []
      await there.expire(['a', 'b', 'missing'], (text) => {
        seen.push(text)
        return text === 'fresh a' ? 'stale a' : undefined
      })
      assert.deepEqual(seen.sort(), ['fresh a', 'fresh b'])
      assert.deepEqual(await texts(here, 'a', 'b', 'missing'), ['stale a', 'fresh b', undefined])
      await there.evictTags(['tag'])
      assert.deepEqual(await texts(here, 'a'), [undefined])
    },
  },
]
