import type { Invalidations, StoreCache } from '../store/store.js'
import type { Case, Fixture } from './store-fixture.js'

const own = (some: Partial<Invalidations>): Invalidations => ({ keys: [], tags: [], all: false, ...some })

/** Puts after `beginPut`, with invalidations of its own. */
const putWith = async (
  cache: StoreCache,
  text: string,
  tags: readonly string[],
  invalidations: Partial<Invalidations>,
  between = async () => {},
) => {
  const ticket = await cache.beginPut('a')
  await between()
  return cache.put(ticket, { text, tags, life: 3_600_000 }, own(invalidations))
}

const everything = ['a', 'tagged', 'other', 'plain']

/** Four entries, whose texts are their keys; 'a' and 'tagged' bear 'red'. */
const four = async ({ keep }: Fixture, cache: StoreCache) => {
  await keep(cache, 'a', 'a', ['red'])
  await keep(cache, 'tagged', 'tagged', ['red', 'blue'])
  await keep(cache, 'other', 'other', ['blue'])
  await keep(cache, 'plain', 'plain')
}

/** What one call does together: a put, and invalidations that must not count against it. */
export const ownCases: readonly Case[] = [
  {
    title: 'C34 a put does its own invalidations, and its entry outlives them',
    async run(fixture) {
      const { cache, texts, assert } = fixture
      const [here, there] = [cache(), cache()]
      const left: [Partial<Invalidations>, (string | undefined)[]][] = [
        [{ tags: ['red'] }, ['new', undefined, 'other', 'plain']],
        [{ tags: ['blue', 'never borne'] }, ['new', undefined, undefined, 'plain']],
        [{ keys: ['plain', 'missing'] }, ['new', 'tagged', 'other', undefined]],
        [{ keys: ['a'] }, ['new', 'tagged', 'other', 'plain']],
        [{ keys: ['a', 'other'], tags: ['red'] }, ['new', undefined, undefined, 'plain']],
        [{ all: true }, ['new', undefined, undefined, undefined]],
        [{ all: true, keys: ['a', 'other'], tags: ['red', 'blue'] }, ['new', undefined, undefined, undefined]],
        [{}, ['new', 'tagged', 'other', 'plain']],
      ]
      for (const [invalidations, expected] of left) {
        await here.clear()
        await four(fixture, here)
        assert.equal(await putWith(here, 'new', ['red'], invalidations), 'stored', JSON.stringify(invalidations))
        assert.deepEqual(await texts(here, ...everything), expected, JSON.stringify(invalidations))
        assert.deepEqual(await texts(there, ...everything), expected, JSON.stringify(invalidations))
      }
    },
  },
  {
    title: 'C34 an entry that its own put has spared falls to the next invalidation',
    async run({ cache, keep, texts, assert }) {
      const [here, there] = [cache(), cache()]
      const later = [() => there.evictTags(['red']), () => there.evict(['a']), () => there.clear()]
      for (const invalidations of [{ tags: ['red'] }, { all: true }]) {
        for (const invalidate of later) {
          assert.equal(await putWith(here, 'new', ['red'], invalidations), 'stored')
          await invalidate()
          assert.deepEqual(await texts(here, 'a'), [undefined])
          await keep(there, 'a', 'newer', ['red'])
          assert.deepEqual(await texts(here, 'a'), ['newer'])
        }
      }
    },
  },
  {
    title: 'C5 what others invalidate beats a put that invalidates the same, which is then done all the same',
    async run(fixture) {
      const { cache, texts, assert } = fixture
      const [here, there] = [cache(), cache()]
      const overtakers: (() => Promise<unknown>)[] = [
        () => there.evict(['a']),
        () => there.evictTags(['red']),
        () => there.clear(),
        () => there.beginPut('a'),
        () => putWith(there, 'theirs', ['red'], { tags: ['red'] }),
      ]
      for (const invalidations of [{ tags: ['red'], keys: ['a', 'plain'] }, { all: true }]) {
        for (const overtake of overtakers) {
          await here.clear()
          await four(fixture, here)
          const done = await putWith(here, 'old', ['red'], invalidations, async () => void (await overtake()))
          assert.equal(done, 'evicted')
          const [a, tagged, , plain] = await texts(there, ...everything)
          assert.deepEqual([a, tagged, plain], [undefined, undefined, undefined])
        }
      }
    },
  },
  {
    title: 'what others invalidate elsewhere does not count against a put',
    async run({ cache, texts, keep, assert }) {
      const [here, there] = [cache(), cache()]
      await keep(here, 'other', 'so that the tag has a record', ['red'])
      for (const invalidations of [{ keys: ['b'] }, { tags: ['red'] }, { tags: ['not borne'] }]) {
        const elsewhere = async () => {
          await there.evict(['b'])
          await there.evictTags(['not borne'])
        }
        assert.equal(await putWith(here, 'new', ['red'], invalidations, elsewhere), 'stored')
        assert.deepEqual(await texts(there, 'a'), ['new'])
      }
    },
  },
  {
    title: 'C1 C24 refuses loads that a put has voided by its own invalidations',
    async run({ cache, begin, fill, texts, keep, assert }) {
      const [here, there] = [cache(), cache()]
      for (const invalidations of [{ keys: ['b'] }, { tags: ['red'] }, { all: true }]) {
        const load = await begin(there, 'b')
        assert.equal(await putWith(here, 'new', ['red'], invalidations), 'stored')
        assert.ok((await fill(there, load, 'old', ['red'])) !== 'stored')
        assert.deepEqual(await texts(here, 'a', 'b'), ['new', undefined])
        await keep(there, 'b', 'loaded', ['red'])
        assert.deepEqual(await texts(here, 'a', 'b'), ['new', 'loaded'])
        await here.evict(['b'])
      }
    },
  },
  {
    title: 'R14 a put invalidates in every release',
    async run({ cache, keep, texts, assert }) {
      const [old, young] = [cache({ version: 1 }), cache({ version: 2 })]
      for (const invalidations of [{ keys: ['b'] }, { tags: ['red'] }, { all: true }]) {
        await keep(old, 'a', 'old a', ['red'])
        await keep(old, 'b', 'old b', ['red'])
        assert.equal(await putWith(young, 'new', ['red'], invalidations), 'stored')
        assert.deepEqual([await texts(old, 'a', 'b'), await texts(young, 'a')], [[undefined, undefined], ['new']])
      }
    },
  },
  {
    title: 'C18 others hear what a put has invalidated',
    async run({ store, cache, eventually, assert }) {
      const [here, there] = [cache(), cache()]
      await putWith(there, 'first', ['red'], {})
      for (const invalidations of [{ keys: ['b'] }, { tags: ['red'] }, { all: true }]) {
        const quiet = async () => (await here.poll()).kind === 'nothing'
        await eventually('polls become quiet', quiet)
        await putWith(there, 'new', ['red'], invalidations)
        const heard = await here.poll()
        if (!store.capabilities.shared) assert.equal(heard.kind, 'nothing')
        else if (heard.kind !== 'names') assert.equal(heard.kind, 'unknown')
        else {
          assert.equal('all' in invalidations, false)
          const { keys = [], tags = [] } = invalidations as Partial<Invalidations>
          assert.ok([...keys, 'a'].every((key) => heard.keys.includes(key)))
          assert.ok(tags.every((tag) => heard.tags.includes(tag)))
        }
      }
    },
  },
]
