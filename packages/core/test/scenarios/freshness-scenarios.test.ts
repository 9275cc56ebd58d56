import type { Cache } from '@cachesmith/core'
import { expect } from 'chai'
import { gate, rejection } from '../decorators/kit.js'
import { held, inWorlds, never, shared, type World } from './worlds.js'

const stale = [
  ['staleWhileRevalidate', { ttl: '10s', staleWhileRevalidate: '1h' }],
  ['staleIfError', { ttl: '10s', staleIfError: '1h' }],
] as const
const fails = (): never => {
  throw new Error('down')
}

describe('scenarios: freshness', () => {
  inWorlds(
    'C12 a load that never settles: LoadTimeoutError, and the key is free for the next',
    async ({ process, clock, memory }) => {
      const { users } = process({ loadTimeout: '1s' })
      const hung = held('late', 'next')
      const asked = [1, 2].map(() => rejection(() => users.getOrLoad('a', hung.load)))
      await hung.began
      await clock.advance(1_000)
      for (const error of await Promise.all(asked)) expect(error.name).to.equal('LoadTimeoutError')
      expect(await users.getOrLoad('a', hung.load), 'the next call loads anew').to.equal('next')
      expect(await users.getOrLoad('a', never)).to.equal('next')
      hung.end()
      await clock.advance(1)
      // Nothing was invalidated, so both are good; memory sees the newer one, which the late one then does not replace.
      expect(await users.getOrLoad('a', never)).to.be.oneOf(memory ? ['next'] : ['next', 'late'])
    },
  )

  inWorlds(
    'C12 many loads that never settle leave one flight for each key, not one for each call',
    async ({ process, clock }) => {
      const { caches, users } = process({ loadTimeout: '1s' })
      const open = gate<string>()
      for (let n = 0; n < 5; n++) {
        const asked = rejection(() => users.getOrLoad('a', () => open.promise))
        await clock.advance(1_000)
        expect((await asked).name).to.equal('LoadTimeoutError')
      }
      expect(caches.configuredParts('users', 'test').flights.size).to.equal(1)
      open.open('late')
    },
  )

  for (const hours of [1, -1])
    for (const title of ['ahead', 'back']) {
      if ((title === 'ahead') !== hours > 0) continue
      inWorlds(
        `C27 the wall clock jumps an hour ${title}: memory neither loses nor keeps an entry beyond its ttl`,
        async ({ process, clock }) => {
          const { users } = process({ ttl: '10s' })
          await users.getOrLoad('a', () => 1)
          clock.jumpWall(hours * 3_600_000)
          await clock.advance(9_999)
          expect(await users.getOrLoad('a', never)).to.equal(1)
          await clock.advance(1)
          expect(await users.getOrLoad('a', () => 2)).to.equal(2)
        },
        (c) => c.memory && !c.store,
      )

      inWorlds(
        `C27 the wall clock jumps an hour ${title}: no entry of a store outlives its ttl, and new ones live`,
        async ({ process, clock }) => {
          const [here, there] = [process({ ttl: '10s' }), process({ ttl: '10s' })]
          await here.users.getOrLoad('a', () => 1)
          clock.jumpWall(hours * 3_600_000)
          await clock.advance(10_000)
          expect([await here.users.get('a'), await there.users.get('a')]).to.deep.equal([undefined, undefined])
          expect(await there.users.getOrLoad('a', () => 2)).to.equal(2)
          await clock.advance(5_000)
          expect(await here.users.getOrLoad('a', never)).to.equal(2)
          await clock.advance(5_000)
          expect(await here.users.get('a')).to.equal(undefined)
        },
        shared,
      )
    }

  for (const [option, fresh] of stale) {
    const invalidations = [
      ['evict', (users: any) => users.evict('a')],
      ['evict of its tag', (users: any) => users.evictTags(['t'])],
      ['clear', (users: any) => users.clear()],
    ] as const
    for (const [title, invalidate] of invalidations) {
      inWorlds(
        `C30 ${title}: the value is not served stale any more, though ${option} would allow it`,
        async ({ process, clock }) => {
          const { users } = process(fresh)
          for (const late of [false, true]) {
            await users.put('a', 'old', { tags: ['t'] })
            if (late) await clock.advance(11_000)
            await invalidate(users)
            expect(await rejection(() => users.getOrLoad('a', fails))).to.include({ message: 'down' })
            expect(await users.getOrLoad('a', () => 'new', { tags: ['t'] })).to.equal('new')
          }
        },
      )

      inWorlds(
        `C30 ${title} by another process: the value is not served stale a second later`,
        async ({ process, clock }) => {
          const [here, there] = [process(fresh), process(fresh)]
          await here.users.put('a', 'old', { tags: ['t'] })
          await here.users.get('a')
          await clock.advance(11_000)
          await here.users.get('warm')
          await invalidate(there.users)
          await clock.advance(1_000)
          expect(await rejection(() => here.users.getOrLoad('a', fails))).to.include({ message: 'down' })
        },
        shared,
      )
    }

    const expires = (store: (users: Cache<any>) => Promise<unknown>) => async (world: World) => {
      const { clock } = world
      const { caches, users } = world.process(fresh)
      await store(users)
      await users.expire('a')
      await clock.advance(1)
      expect(await users.get('a'), 'no fresh value').to.equal(undefined)
      expect(await users.getOrLoad('a', fails)).to.equal('old')
      await caches.flush()
      await clock.advance(31_000)
      expect(await users.getOrLoad('a', fails)).to.equal('old')
      await caches.flush()
      await users.evict('a')
      expect(await rejection(() => users.getOrLoad('a', fails))).to.include({ message: 'down' })
    }
    const stays = `C30 expire: the value is still served stale, as ${option} allows`
    inWorlds(
      `${stays}, again and again`,
      expires((users) => users.getOrLoad('a', () => 'old', { tags: ['t'] })),
    )
    const put = expires((users) => users.put('a', 'old', { tags: ['t'] }))
    inWorlds(`${stays}, also one that was put`, put)
  }

  inWorlds(
    'C30 an evict while the load runs: its error is not answered with the evicted value',
    async ({ process, clock }) => {
      const { users } = process({ ttl: '10s', staleIfError: '1h' })
      await users.put('a', 'old')
      await clock.advance(11_000)
      const slow = held('x')
      const asked = rejection(() => users.getOrLoad('a', slow.load))
      await slow.began
      await users.evict('a')
      slow.fail(new Error('down'))
      expect(await asked).to.include({ message: 'down' })
      expect(await users.get('a')).to.equal(undefined)
    },
  )

  inWorlds(
    'C31 a refresh behind that evicts its own key, and returns later, is not kept',
    async ({ process, clock }) => {
      const { caches, users } = process({ ttl: '10s', staleWhileRevalidate: '1h' })
      const end = gate()
      let runs = 0
      const load = async () => {
        if (++runs !== 2) return `value ${runs}`
        await users.evict('a')
        await end.promise
        return 'refreshed'
      }
      await users.getOrLoad('a', load)
      await clock.advance(11_000)
      expect(await users.getOrLoad('a', load), 'stale, and one refresh behind').to.equal('value 1')
      while (runs < 2) await clock.advance(0)
      await clock.advance(0)
      end.open()
      await caches.flush()
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', load)).to.equal('value 3')
    },
  )

  inWorlds(
    'C31 an evict while a refresh runs ahead: its result is not kept, and no stale value is served',
    async ({ process, clock }) => {
      const { caches, users } = process({ ttl: '10s', refreshAhead: 0.5, staleWhileRevalidate: '1h' })
      await users.getOrLoad('a', () => 'old')
      await clock.advance(6_000)
      const slow = held('refreshed')
      expect(await users.getOrLoad('a', slow.load)).to.equal('old')
      await slow.began
      await users.evict('a')
      slow.end()
      await caches.flush()
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
    },
    (c) => !c.store,
  )

  inWorlds(
    'C31 an evict by another call while a refresh runs behind: its result is not kept',
    async ({ process, clock }) => {
      const { caches, users } = process({ ttl: '10s', staleWhileRevalidate: '1h' })
      await users.getOrLoad('a', () => 'old')
      await clock.advance(11_000)
      const slow = held('refreshed')
      expect(await users.getOrLoad('a', slow.load)).to.equal('old')
      await slow.began
      await users.evict('a')
      slow.end()
      await caches.flush()
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
    },
  )
})
