import { Cacheable, CacheableMany, CacheEvict, CachePut, type Cache } from '@cachesmith/core'
import { expect } from 'chai'
import { gate } from '../decorators/kit.js'
import { held, inWorlds, never, type Process, shared, type World } from './worlds.js'

const tagOf = (value: string) => [`of ${value}`]

/** The ways in which an entry comes into a cache; each has begun when `began` resolves, and is to bear the tag `of old`. */
const ways: readonly (readonly [
  string,
  (p: Process, world: World) => Promise<{ ended: Promise<unknown>; end(): void }>,
])[] = [
  [
    'a @Cacheable load',
    async ({ caches }) => {
      const slow = held('old')
      class Service {
        @Cacheable({ cache: 'users', key: () => 'a', tags: tagOf }) async find(): Promise<string> {
          return slow.load()
        }
      }
      const ended = caches.bind(new Service()).find()
      await slow.began
      return { ended, end: slow.end }
    },
  ],
  [
    'a @CachePut',
    async ({ caches }) => {
      const slow = held('old')
      class Service {
        @CachePut({ cache: 'users', key: () => 'a', tags: tagOf }) async save(): Promise<string> {
          return slow.load()
        }
      }
      const ended = caches.bind(new Service()).save()
      await slow.began
      return { ended, end: slow.end }
    },
  ],
  [
    'a @CacheableMany load',
    async ({ caches }) => {
      const slow = held(['old', 'new'])
      class Service {
        @CacheableMany({ cache: 'users', key: (id: string) => id, tags: tagOf })
        async findMany(_ids: string[]): Promise<string[]> {
          return slow.load()
        }
      }
      const ended = caches.bind(new Service()).findMany(['a', 'b'])
      await slow.began
      return { ended, end: slow.end }
    },
  ],
  [
    'a getOrLoad',
    async ({ users }) => {
      const slow = held('old')
      const ended = users.getOrLoad('a', slow.load, { tags: ['of old'] })
      await slow.began
      return { ended, end: slow.end }
    },
  ],
  [
    'a getOrLoadMany',
    async ({ users }) => {
      const slow = held(['old', 'new'])
      const ended = users.getOrLoadMany(['a', 'b'], slow.load, { tags: tagOf })
      await slow.began
      return { ended, end: slow.end }
    },
  ],
  [
    'a refresh behind a stale value',
    async ({ users, caches }, { clock }) => {
      const slow = held('old')
      await users.getOrLoad('a', () => 'older', { ttl: '1s', staleWhileRevalidate: '1h' })
      await clock.advance(2_000)
      await users.getOrLoad('a', slow.load, { ttl: '1s', staleWhileRevalidate: '1h', tags: ['of old'] })
      await slow.began
      return { ended: Promise.resolve().then(() => caches.flush()), end: slow.end }
    },
  ],
]

const get = (users: Cache) => users.peek('a').then((peeked) => peeked?.value)

describe('scenarios: tags', () => {
  for (const [title, begin] of ways) {
    for (const by of ['this process', 'another process'] as const) {
      inWorlds(
        `C24 ${title} is not kept when ${by} invalidates meanwhile a tag that only its result tells`,
        async (world) => {
          const here = world.process()
          const origin = by === 'this process' ? here : world.process()
          await here.users.put('warm', 0, { tags: ['of old'] })
          const { ended, end } = await begin(here, world)
          await origin.users.evictTags(['of old'])
          end()
          await ended
          expect(await get(here.users)).not.to.equal('old')
          expect(await get(origin.users)).not.to.equal('old')
        },
        (c) => by === 'this process' || c.store,
      )
    }

    inWorlds(`C24 ${title} is kept when another tag is invalidated meanwhile`, async (world) => {
      const here = world.process()
      await here.users.put('warm', 0)
      const { ended, end } = await begin(here, world)
      await here.users.evictTags(['of another'])
      end()
      await ended
      expect(await get(here.users)).to.equal('old')
    })
  }

  inWorlds('C25 tags belong to the entry: the next value bears its own, and only those', async ({ process }) => {
    const { users } = process()
    await users.put('a', 1, { tags: ['old', 'both'] })
    await users.get('a')
    await users.put('a', 2, { tags: ['new', 'both'] })
    await users.evictTags(['old'])
    expect(await users.get('a'), 'its former tag means nothing to it').to.equal(2)
    for (const tag of ['new', 'both']) {
      await users.put('a', 3, { tags: ['new', 'both'] })
      await users.evictTags([tag])
      expect(await users.get('a'), tag).to.equal(undefined)
    }
    expect(await users.getOrLoad('a', () => 4, { tags: [] })).to.equal(4)
    await users.evictTags(['old', 'new', 'both'])
    expect(await users.getOrLoad('a', never)).to.equal(4)
  })

  inWorlds(
    'C25 a process that knew the former tags goes by those of the entry that is there',
    async ({ process, clock }) => {
      const [here, there] = [process(), process()]
      await here.users.put('a', 1, { tags: ['old'] })
      await there.users.get('a')
      await here.users.put('a', 2, { tags: ['new'] })
      await clock.advance(1_000)
      expect(await there.users.get('a')).to.equal(2)
      await here.users.evictTags(['new'])
      await clock.advance(1_000)
      expect(await there.users.get('a')).to.equal(undefined)
    },
    shared,
  )

  class Teams {
    rows = new Map([
      ['1', 'Ada'],
      ['2', 'Bob'],
    ])
    hold: Promise<unknown> = Promise.resolve()
    @Cacheable({ cache: 'users', key: (id: string) => id, tags: ['team'] }) async find(id: string): Promise<string> {
      return this.rows.get(id)!
    }
    @CachePut({ cache: 'users', key: (id: string) => id, tags: ['team'] })
    @CacheEvict({ cache: 'users', tags: ['team'] })
    async rename(id: string, name: string): Promise<string> {
      this.rows.set(id, name)
      await this.hold
      return name
    }
  }

  const own = async ({ process }: World) => {
    const { caches, users } = process()
    const teams = caches.bind(new Teams())
    await teams.find('1')
    await teams.find('2')
    await teams.rename('1', 'Zed')
    expect(await users.get('1'), 'the put is kept').to.equal('Zed')
    expect(await users.get('2'), 'older entries of the tag are gone').to.equal(undefined)
  }
  const putAndEvict = 'C34 a put and a late evict of its tag on one method: the put stays, older entries go'
  inWorlds(putAndEvict, own)

  inWorlds('C34 an evict of the tag by another call while the method runs still beats the put', async ({ process }) => {
    const { caches, users } = process()
    const teams = caches.bind(new Teams())
    const open = gate()
    teams.hold = open.promise
    const renaming = teams.rename('1', 'Zed')
    await users.evictTags(['team'])
    open.open()
    await renaming
    expect(await users.get('1')).to.equal(undefined)
  })
})
