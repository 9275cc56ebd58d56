import { CacheEvict, CachePut, Cacheable, type Cache } from '@cachesmith/core'
import { expect } from 'chai'
import { gate, rejection } from '../decorators/kit.js'
import { answersLate, held, inWorlds, never, shared, sharedWithMemory } from './worlds.js'

const invalidations: readonly (readonly [string, (users: Cache) => Promise<void>])[] = [
  ['an evict', (users) => users.evict('a')],
  ['an evict of its tag', (users) => users.evictTags(['t'])],
  ['a clear', (users) => users.clear()],
  ['a new version', (users) => users.bumpVersion().then(() => {})],
]

describe('scenarios: consistency', () => {
  for (const [title, invalidate] of invalidations) {
    inWorlds(`C1 ${title} between load and fill: the caller gets the value, nobody after it`, async ({ process }) => {
      const { users } = process()
      const slow = held('old')
      const first = users.getOrLoad('a', slow.load, { tags: ['t'] })
      await slow.began
      await invalidate(users)
      slow.end()
      expect(await first).to.equal('old')
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
      expect(await users.getOrLoad('a', never)).to.equal('new')
    })

    inWorlds(
      `C1 ${title} of another process between load and fill`,
      async ({ process }) => {
        const [here, there] = [process(), process()]
        const slow = held('old')
        const first = here.users.getOrLoad('a', slow.load, { tags: ['t'] })
        await slow.began
        await invalidate(there.users)
        slow.end()
        expect(await first).to.equal('old')
        expect([await there.users.get('a'), await here.users.get('a')]).to.deep.equal([undefined, undefined])
      },
      shared,
    )

    inWorlds(`C7 a call after ${title} does not join the older load, nor wait for it`, async ({ process }) => {
      const { users } = process()
      const slow = held('old', 'new')
      const before = users.getOrLoad('a', slow.load, { tags: ['t'] })
      await slow.began
      await invalidate(users)
      expect(await users.getOrLoad('a', slow.load, { tags: ['t'] })).to.equal('new')
      slow.end()
      expect(await before).to.equal('old')
      expect(await users.getOrLoad('a', never)).to.equal('new')
      expect(slow.runs).to.equal(2)
    })
  }

  inWorlds('C4 a put that races a slow fill of the older value stays', async ({ process }) => {
    const { users } = process()
    const slow = held('v1')
    const first = users.getOrLoad('a', slow.load)
    await slow.began
    await users.put('a', 'v2')
    slow.end()
    expect(await first).to.equal('v1')
    expect(await users.getOrLoad('a', never)).to.equal('v2')
  })

  inWorlds(
    'C4 a put of another process that races a slow fill stays',
    async ({ process, clock }) => {
      const [here, there] = [process(), process()]
      const slow = held('v1')
      const first = here.users.getOrLoad('a', slow.load)
      await slow.began
      await there.users.put('a', 'v2')
      slow.end()
      await first
      await clock.advance(1_000)
      expect([await here.users.get('a'), await there.users.get('a')]).to.deep.equal(['v2', 'v2'])
    },
    shared,
  )

  for (const laterEndsFirst of [true, false]) {
    const order = laterEndsFirst ? 'the later one ends first' : 'the earlier one ends first'
    const overlap = async (one: Cache<any>, two: Cache<any>) => {
      const [first, second] = [gate<string>(), gate<string>()]
      const began = [gate(), gate()] as const
      const run = (users: Cache<any>, place: 0 | 1, value: Promise<string>) =>
        users.put('a', () => {
          began[place].open()
          return value
        })
      const a = run(one, 0, first.promise)
      await began[0].promise
      const b = run(two, 1, second.promise)
      await began[1].promise
      for (const end of laterEndsFirst ? [second, first] : [first, second]) {
        end.open(end === first ? 'v1' : 'v2')
        await (end === first ? a : b)
        if (one === two) expect(await one.get('a'), 'neither is kept').to.equal(undefined)
      }
    }

    inWorlds(`C5 two puts of one key that overlap leave a miss: ${order}`, async ({ process }) => {
      const { users } = process()
      await users.put('a', 'v0')
      await overlap(users, users)
      expect(await users.get('a')).to.equal(undefined)
      await users.put('a', 'v3')
      expect(await users.get('a')).to.equal('v3')
    })

    inWorlds(
      `C5 puts of two processes that overlap leave a miss in both: ${order}`,
      async ({ process, clock }) => {
        const [here, there] = [process(), process()]
        await here.users.put('a', 'v0')
        await overlap(here.users, there.users)
        await clock.advance(1_000)
        expect([await here.users.get('a'), await there.users.get('a')]).to.deep.equal([undefined, undefined])
      },
      shared,
    )
  }

  inWorlds('C8 1,000 concurrent misses of one method are one load', async ({ process }) => {
    const { caches, users } = process()
    const slow = held('x')
    class Service {
      @Cacheable({ cache: 'users' }) async find(_id: string): Promise<string> {
        return slow.load()
      }
    }
    const service = caches.bind(new Service())
    const all = Array.from({ length: 1_000 }, () => service.find('1'))
    await slow.began
    slow.end()
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['x']))
    expect(slow.runs).to.equal(1)
    expect(users.stats()).to.include({ misses: 1_000, joined: 999, loads: 1 })
  })

  inWorlds(
    'C11 a loader that throws: all who joined get that error, nothing is kept, the next call retries',
    async ({ process }) => {
      const { users } = process()
      const boom = new Error('boom')
      const slow = held('x', 'ok')
      const all = [1, 2, 3].map(() => rejection(() => users.getOrLoad('a', slow.load)))
      await slow.began
      slow.fail(boom)
      for (const error of await Promise.all(all)) expect(error).to.equal(boom)
      expect(await users.peek('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', slow.load)).to.equal('ok')
      expect(slow.runs).to.equal(2)
    },
  )

  class Writer {
    @CacheEvict({ cache: 'users', key: (id: string) => id }) async remove(_id: string): Promise<void> {
      throw new Error('no')
    }
    @CacheEvict({ cache: 'users', tags: ['t'] })
    @CachePut({ cache: 'users', key: (id: string) => ['of', id] })
    @CacheEvict({ cache: 'users', key: (id: string) => id })
    async save(_id: string): Promise<string> {
      throw new Error('no')
    }
    @CacheEvict({ cache: 'users', key: (id: string) => id, beforeInvocation: true })
    async drop(_id: string): Promise<void> {
      throw new Error('no')
    }
  }

  inWorlds(
    'C16 a method that throws evicts nothing and puts nothing, whatever is stacked on it',
    async ({ process }) => {
      const { caches, users } = process()
      const writer = caches.bind(new Writer())
      await users.put('a', 'kept', { tags: ['t'] })
      for (const call of [writer.remove('a'), writer.save('a')])
        expect((await rejection(() => call)).message).to.equal('no')
      expect(await users.get('a')).to.equal('kept')
      expect(await users.get(['of', 'a'])).to.equal(undefined)
      expect(await users.getOrLoad(['of', 'a'], () => 'next')).to.equal('next')
      expect(await users.getOrLoad(['of', 'a'], never), 'the writer’s place is free').to.equal('next')
    },
  )

  inWorlds('C16 beforeInvocation evicts, also when the method throws', async ({ process }) => {
    const { caches, users } = process()
    await users.put('a', 'gone')
    await rejection(() => caches.bind(new Writer()).drop('a'))
    expect(await users.get('a')).to.equal(undefined)
  })

  for (const [title, invalidate] of invalidations) {
    inWorlds(
      `C22 a value read before ${title} of another process is heard does not enter memory after it`,
      async ({ process, clock }) => {
        let late!: ReturnType<typeof answersLate>
        const there = process()
        const here = process({}, { budget: '1h' }, (store) => (late = answersLate(store, 'read')).store)
        await there.users.put('a', 'old', { tags: ['t'] })
        await here.users.get('other')
        const read = late.holdNext()
        const asked = here.users.getOrLoad('a', never)
        await read.done
        await invalidate(there.users)
        await clock.advance(400)
        await here.users.get('other')
        read.release()
        expect(await asked, 'who asked before gets it').to.equal('old')
        expect(await here.users.get('a')).to.equal(undefined)
        expect(await here.users.getOrLoad('a', () => 'new')).to.equal('new')
      },
      sharedWithMemory,
    )

    inWorlds(
      `C22 a fill whose answer comes after ${title} was heard does not enter memory`,
      async ({ process, clock }) => {
        let late!: ReturnType<typeof answersLate>
        const there = process()
        const here = process({}, { budget: '1h' }, (store) => (late = answersLate(store, 'fill')).store)
        await here.users.get('other')
        const fill = late.holdNext()
        const asked = here.users.getOrLoad('a', () => 'old', { tags: ['t'] })
        await fill.done
        await invalidate(there.users)
        await clock.advance(400)
        await here.users.get('other')
        fill.release()
        expect(await asked).to.equal('old')
        expect(await here.users.get('a')).to.equal(undefined)
      },
      sharedWithMemory,
    )
  }
})
