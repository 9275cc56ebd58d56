import { expect } from 'chai'
import { held, inWorlds, never, shared, type World } from './worlds.js'

/** Names under which a lifted Keyv keeps its tokens, as they stand behind the cache's prefix. */
const kinds = { 'of the key': ':k:', 'of the whole cache': ':z', 'of its tag': ':t:', 'of the generation': ':g' }

const lose = ({ ground }: World, kind: string) => {
  const gone = [...ground.keys()].filter((name) => name.includes(`users${kind}`))
  expect(gone, `there are tokens ${kind} to lose`).not.to.have.length(0)
  for (const name of gone) ground.delete(name)
}

/** What stands in the store for an entry, to be put back later. */
const entriesOf = ({ ground }: World) => [...ground].filter(([, text]) => String(text).startsWith('cs1 {'))

describe('scenarios: tokens of a Keyv', () => {
  for (const [title, kind] of Object.entries(kinds)) {
    inWorlds(
      `C6 the token ${title} lost: its entries are missed, and a new load is kept`,
      async (world) => {
        const { users } = world.process({ memory: false })
        await users.put('a', 'old', { tags: ['t'] })
        expect(await users.get('a')).to.equal('old')
        lose(world, kind)
        expect(await users.get('a')).to.equal(undefined)
        expect(await users.getOrLoad('a', () => 'new', { tags: ['t'] })).to.equal('new')
        expect(await users.getOrLoad('a', never)).to.equal('new')
      },
      shared,
    )

    inWorlds(
      `C6 the token ${title} lost while a load runs: its caller gets the value, it is not kept`,
      async (world) => {
        const { users } = world.process({ memory: false })
        await users.put('other', 'x', { tags: ['t'] })
        const slow = held('old')
        const asked = users.getOrLoad('a', slow.load, { tags: ['t'] })
        await slow.began
        lose(world, kind)
        if (kind === kinds['of its tag']) await users.evictTags(['t'])
        slow.end()
        expect(await asked).to.equal('old')
        expect(await users.get('a')).to.equal(undefined)
      },
      shared,
    )

    inWorlds(
      `C6 the token ${title} lost after an evict: the evicted entry does not live again, whatever is made anew`,
      async (world) => {
        const { users } = world.process({ memory: false })
        await users.put('a', 'evicted', { tags: ['t'] })
        await users.put('b', 'other', { tags: ['t'] })
        const before = entriesOf(world)
        await users.evict('a')
        await users.evictTags(['t'])
        await users.clear()
        await users.getOrLoad('c', () => 'x', { tags: ['t'] })
        lose(world, kind)
        for (const [name, text] of before) world.ground.set(name, text)
        for (let n = 0; n < 3; n++) await users.getOrLoad(`new ${n}`, () => n, { tags: ['t'] })
        expect([await users.get('a'), await users.get('b')]).to.deep.equal([undefined, undefined])
      },
      shared,
    )
  }

  inWorlds(
    'C4 a load that began while a put of another process ran does not replace what was put',
    async ({ process, clock }) => {
      const [here, there] = [process(), process()]
      const [slow, writing] = [held('v1'), held('v2')]
      const put = here.users.put('a', writing.load)
      await writing.began
      const loading = there.users.getOrLoad('a', slow.load)
      await slow.began
      writing.end()
      await put
      slow.end()
      expect(await loading).to.equal('v1')
      await clock.advance(1_000)
      for (const { users } of [here, there]) expect(await users.get('a')).not.to.equal('v1')
    },
    shared,
  )

  inWorlds(
    'C22 an evict that lands between the check of a fill and its write: the value does not enter memory',
    async ({ ground, process }) => {
      const [here, there] = [process(), process()]
      await here.users.put('warm', 0)
      await here.users.get('other')
      const set = ground.set.bind(ground)
      ground.set = (name, text) => {
        if (!String(text).startsWith('cs1 {')) return set(name, text)
        ground.set = set
        return there.users.evict('a').then(() => set(name, text)) as never
      }
      expect(await here.users.getOrLoad('a', () => 'old')).to.equal('old')
      expect(await here.users.get('a')).to.equal(undefined)
    },
    shared,
  )

  inWorlds(
    'C6 everything lost at once (FLUSHALL): only misses follow, in every process',
    async (world) => {
      const [here, there] = [world.process(), world.process()]
      await here.users.put('a', 'old', { tags: ['t'] })
      await there.users.get('a')
      const before = entriesOf(world)
      const slow = held('slow')
      const asked = there.users.getOrLoad('b', slow.load)
      await slow.began
      world.ground.clear()
      for (const [name, text] of before) world.ground.set(name, text)
      slow.end()
      expect(await asked).to.equal('slow')
      await world.clock.advance(1_000)
      for (const { users } of [here, there])
        expect([await users.get('a'), await users.get('b')]).to.deep.equal([undefined, undefined])
      expect(await here.users.getOrLoad('a', () => 'new')).to.equal('new')
      expect(await there.users.getOrLoad('a', never)).to.equal('new')
    },
    shared,
  )
})
