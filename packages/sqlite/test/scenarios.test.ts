import { Cacheable, CacheableMany, CacheEvict, CachePut, type Cache } from '@cachesmith/core'
import { assert } from 'chai'
import { gate, held, inWorlds, never, type Process } from './scenario-worlds.js'

const invalidations: readonly (readonly [string, (users: Cache) => Promise<void>])[] = [
  ['an evict', (users) => users.evict('a')],
  ['an evict of its tag', (users) => users.evictTags(['t'])],
  ['a clear', (users) => users.clear()],
]
const error = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (e: unknown) => e,
  )

describe('scenarios over SQLite: consistency', () => {
  for (const [title, invalidate] of invalidations) {
    for (const by of ['this process', 'another process']) {
      const id = by === 'this process' ? 'C1' : 'C3'
      inWorlds(
        `${id} ${title} by ${by} between load and fill: the caller gets the value, nobody after it`,
        async (w) => {
          const here = w.process()
          const origin = by === 'this process' ? here : w.process()
          const slow = held('old')
          const first = here.users.getOrLoad('a', slow.load, { tags: ['t'] })
          await slow.began
          await invalidate(origin.users)
          slow.end()
          assert.strictEqual(await first, 'old')
          for (const { users } of [here, origin]) assert.isUndefined(await users.get('a'))
          assert.strictEqual(await origin.users.getOrLoad('a', () => 'new'), 'new')
        },
      )
    }

    inWorlds(`C7 a call after ${title} does not join the older load, nor wait for it`, async (w) => {
      const { users } = w.process()
      const slow = held('old', 'new')
      const before = users.getOrLoad('a', slow.load, { tags: ['t'] })
      await slow.began
      await invalidate(users)
      assert.strictEqual(await users.getOrLoad('a', slow.load, { tags: ['t'] }), 'new')
      slow.end()
      assert.strictEqual(await before, 'old')
      assert.strictEqual(await users.getOrLoad('a', never), 'new')
    })

    inWorlds(
      `C22 a value read before ${title} of another process is heard does not enter memory after it`,
      async (w) => {
        const [here, there] = [w.process({}, { budget: '1h' }), w.process()]
        await there.users.put('a', 'old', { tags: ['t'] })
        await here.users.get('other')
        const read = here.holdNext('read')
        const asked = here.users.getOrLoad('a', never)
        await read.done
        await invalidate(there.users)
        await w.pass(400)
        await here.users.get('other')
        await here.idle()
        read.release()
        assert.strictEqual(await asked, 'old')
        assert.isUndefined(await here.users.get('a'))
      },
      [true],
    )
  }

  for (const by of ['this process', 'another process'])
    inWorlds(`C4 a put of ${by} that races a slow fill of the older value stays`, async (w) => {
      const here = w.process()
      const origin = by === 'this process' ? here : w.process()
      const slow = held('v1')
      const first = here.users.getOrLoad('a', slow.load)
      await slow.began
      await origin.users.put('a', 'v2')
      slow.end()
      assert.strictEqual(await first, 'v1')
      await w.pass(1_000)
      for (const { users } of [here, origin]) assert.strictEqual(await users.get('a'), 'v2')
    })

  inWorlds('C4 a load that began while a put of another process ran does not replace what was put', async (w) => {
    const [here, there] = [w.process(), w.process()]
    const [slow, writing] = [held('v1'), held('v2')]
    const put = here.users.put('a', writing.load)
    await writing.began
    const loading = there.users.getOrLoad('a', slow.load)
    await slow.began
    writing.end()
    await put
    slow.end()
    assert.strictEqual(await loading, 'v1')
    await w.pass(1_000)
    for (const { users } of [here, there]) assert.notStrictEqual(await users.get('a'), 'v1')
  })

  for (const laterEndsFirst of [true, false])
    for (const processes of ['one process', 'two processes'])
      inWorlds(
        `C5 puts of ${processes} that overlap leave a miss, ${laterEndsFirst ? 'the later' : 'the earlier'} one ending first`,
        async (w) => {
          const here = w.process()
          const other = processes === 'one process' ? here : w.process()
          await here.users.put('a', 'v0')
          const put = async ({ users }: Process, value: string) => {
            const [began, end] = [gate(), gate<string>()]
            const done = users.put('a', () => {
              began.resolve()
              return end.promise
            })
            await began.promise
            return async () => {
              end.resolve(value)
              await done
            }
          }
          const ends = [await put(here, 'v1'), await put(other, 'v2')]
          for (const end of laterEndsFirst ? ends.reverse() : ends) await end()
          await w.pass(1_000)
          for (const { users } of [here, other]) assert.isUndefined(await users.get('a'))
          await other.users.put('a', 'v3')
          await w.pass(1_000)
          assert.strictEqual(await here.users.get('a'), 'v3')
        },
      )

  inWorlds('C8 1,000 concurrent misses of one method are one load', async (w) => {
    const { users } = w.process()
    const slow = held('x')
    const all = Array.from({ length: 1_000 }, () => users.getOrLoad('a', slow.load))
    await slow.began
    slow.end()
    assert.deepEqual(new Set(await Promise.all(all)), new Set(['x']))
    assert.strictEqual(slow.runs, 1)
  })

  inWorlds(
    'C11 a loader that throws: the same error to all, nothing kept, and its lease is free for another process',
    async (w) => {
      const [here, there] = [w.process(), w.process()]
      const boom = new Error('boom')
      const slow = held('x')
      const all = [1, 2].map(() => error(here.users.getOrLoad('a', slow.load)))
      await slow.began
      slow.fail(boom)
      assert.deepEqual(await Promise.all(all), [boom, boom])
      await here.caches.flush()
      assert.strictEqual(await there.users.getOrLoad('a', () => 'ok'), 'ok')
    },
  )

  const key = (id: string) => ['user', id]
  class Service {
    hold: Promise<unknown> = Promise.resolve()
    @Cacheable({ cache: 'users', key }) async find(id: string): Promise<string> {
      return (await this.findMany([id]))[0]!
    }
    @CacheableMany({ cache: 'users', key }) async findMany(ids: string[]): Promise<string[]> {
      return ids.map((id) => `m${id}`)
    }
    @CacheEvict({ cache: 'users', tags: ['t'] })
    @CachePut({ cache: 'users', key })
    async save(_id: string): Promise<string> {
      throw new Error('no')
    }
    @CachePut({ cache: 'users', key, tags: ['t'] })
    @CacheEvict({ cache: 'users', tags: ['t'] })
    async rename(_id: string, name: string): Promise<string> {
      return name
    }
  }

  inWorlds('C13 a find built on findMany does not wait for its own lease', async (w) => {
    const { caches, users } = w.process()
    assert.strictEqual(await caches.bind(new Service()).find('1'), 'm1')
    assert.strictEqual(await users.get(key('1')), 'm1')
  })

  inWorlds('C16 a method that throws evicts nothing and puts nothing, and lets others write', async (w) => {
    const [here, there] = [w.process(), w.process()]
    await here.users.put(key('1'), 'kept', { tags: ['t'] })
    assert.instanceOf(await error(here.caches.bind(new Service()).save('1')), Error)
    await here.caches.flush()
    for (const { users } of [here, there]) assert.strictEqual(await users.getOrLoad(key('1'), never), 'kept')
    assert.strictEqual(await there.users.getOrLoad('other', () => 1), 1)
  })

  inWorlds('C34 a put and a late evict of its tag on one method: the put stays, older entries go', async (w) => {
    const [here, there] = [w.process(), w.process()]
    await there.users.getOrLoad('older', () => 1, { tags: ['t'] })
    await here.caches.bind(new Service()).rename('1', 'Zed')
    await w.pass(1_000)
    for (const { users } of [here, there])
      assert.deepEqual([await users.get(key('1')), await users.get('older')], ['Zed', undefined])
  })
})
