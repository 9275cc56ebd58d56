import type { Case } from './store-fixture.js'

/** Several releases and several processes on one store. */
export const fleetCases: readonly Case[] = [
  {
    title: 'R14 keeps two releases apart, and invalidates in both',
    async run({ cache, keep, texts, assert }) {
      const [old, young] = [cache({ version: 1 }), cache({ version: 2 })]
      const refill = async () => {
        for (const key of ['a', 'b']) {
          await keep(old, key, `old ${key}`, ['tag'])
          await keep(young, key, `young ${key}`, ['tag'])
        }
        assert.deepEqual(await texts(old, 'a', 'b'), ['old a', 'old b'])
        assert.deepEqual(await texts(young, 'a', 'b'), ['young a', 'young b'])
      }
      await refill()
      await young.evict(['a'])
      assert.deepEqual(
        [await texts(old, 'a', 'b'), await texts(young, 'a', 'b')],
        [
          [undefined, 'old b'],
          [undefined, 'young b'],
        ],
      )
      await old.evict(['b'])
      await refill()
      await old.evictTags(['tag'])
      assert.deepEqual(
        [await texts(old, 'a', 'b'), await texts(young, 'a', 'b')],
        [
          [undefined, undefined],
          [undefined, undefined],
        ],
      )
      await refill()
      await young.clear()
      assert.deepEqual([await texts(old, 'a'), await texts(young, 'a')], [[undefined], [undefined]])
    },
  },
  {
    title: 'moves every process to the next generation, and still reads the older one',
    async run({ cache, keep, begin, fill, texts, assert }) {
      const [here, there] = [cache(), cache()]
      assert.equal(await here.generation(), 0)
      await keep(here, 'a', 'of generation 0')
      const ticket = await begin(here, 'b')
      assert.equal(await there.bumpVersion(), 1)
      assert.equal(await here.generation(), 1)
      await fill(here, ticket, 'began in generation 0')
      assert.deepEqual(await texts(here, 'a', 'b'), [undefined, undefined])
      const [older] = await there.readAt(0, ['a'])
      assert.equal(older?.kind === 'found' ? older.text : older?.why, 'of generation 0')
      await keep(there, 'a', 'of generation 1')
      assert.deepEqual(await texts(here, 'a'), ['of generation 1'])
      assert.equal(await here.bumpVersion(), 2)
      await there.evict(['a'])
      assert.deepEqual(
        (await here.readAt(0, ['a'])).map((found) => found.kind),
        ['missing'],
      )
    },
  },
  {
    title: 'C18 hears in a poll that others did something',
    async run({ store, cache, keep, eventually, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'a', 'one', ['tag'])
      const quiet = () => eventually('a poll hears nothing', async () => (await here.poll()).kind === 'nothing')
      await quiet()
      const deeds = [
        () => there.evict(['a']),
        () => there.evictTags(['tag']),
        () => there.clear(),
        async () => there.put(await there.beginPut('a'), { text: 'two', tags: [], life: 60_000 }),
      ]
      for (const deed of deeds) {
        await deed()
        if (!store.capabilities.shared) assert.equal((await here.poll()).kind, 'nothing')
        else await eventually('a poll hears of it', async () => (await here.poll()).kind !== 'nothing')
        await quiet()
      }
    },
  },
]
