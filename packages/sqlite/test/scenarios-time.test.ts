import { assert } from 'chai'
import { held, inWorlds, never } from './scenario-worlds.js'

const down = (): never => {
  throw new Error('down')
}
const message = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message)

describe('scenarios over SQLite: time', () => {
  inWorlds('C12 a load that never settles: LoadTimeoutError, and the key is free for the next', async (w) => {
    const { users } = w.process({ loadTimeout: '1s' })
    const hung = held('late', 'next')
    const asked = users.getOrLoad('a', hung.load).catch((error: Error) => error.name)
    await hung.began
    assert.strictEqual(await w.until(asked), 'LoadTimeoutError')
    assert.strictEqual(await users.getOrLoad('a', hung.load), 'next')
    assert.strictEqual(await users.getOrLoad('a', never), 'next')
    hung.end()
    await w.pass(100)
    assert.strictEqual(await users.get('a'), 'next')
  })

  inWorlds('C17 the lease of a load longer than it is renewed: who waits gets the value, one load', async (w) => {
    const [here, there] = [w.process({}, { leaseTime: '2s' }), w.process({}, { leaseTime: '2s' })]
    const slow = held('value', 'another load')
    const asked = here.users.getOrLoad('a', slow.load)
    await slow.began
    await w.pass(9_000)
    const waits = there.users.getOrLoad('a', slow.load)
    await w.pass(1_000)
    slow.end()
    assert.strictEqual(await w.until(waits), 'value')
    assert.strictEqual(await asked, 'value')
    assert.strictEqual(await here.users.getOrLoad('a', never), 'value')
    assert.deepEqual([slow.runs, here.refused], [1, []])
  })

  inWorlds('C17 who has waited as long as a lease stands loads for itself, and keeps nothing', async (w) => {
    const [here, there] = [w.process({}, { leaseTime: '2s' }), w.process({}, { leaseTime: '2s' })]
    const slow = held('value', 'own')
    const asked = here.users.getOrLoad('a', slow.load)
    await slow.began
    const began = w.clock.monotonic()
    assert.strictEqual(await w.until(there.users.getOrLoad('a', slow.load)), 'own')
    assert.isAtMost(w.clock.monotonic() - began, 2_500)
    slow.end()
    assert.strictEqual(await asked, 'value')
    await w.pass(1_000)
    assert.strictEqual(await there.users.get('a'), 'value')
  })

  for (const [title, lose] of [
    ['deleted', 'DELETE FROM lease'],
    ['taken over', `UPDATE lease SET token = 'Lsomebody.1'`],
  ] as const)
    inWorlds(`C17 a lease that was ${title} while its load runs: the value is given, not stored`, async (w) => {
      const { users, refused } = w.process({}, { leaseTime: '2s' })
      const slow = held('value')
      const asked = users.getOrLoad('a', slow.load)
      await slow.began
      await w.sql(lose)
      await w.pass(3_000)
      slow.end()
      assert.strictEqual(await w.until(asked), 'value')
      assert.isUndefined(await users.get('a'))
      assert.include(refused, 'lost')
    })

  inWorlds(
    'C17 the place of a write longer than it is renewed: what it writes is kept, no load in between',
    async (w) => {
      const [here, there] = [w.process({}, { leaseTime: '2s' }), w.process({}, { leaseTime: '2s' })]
      const slow = held('new')
      const written = here.users.put('a', slow.load)
      await slow.began
      await w.pass(9_000)
      assert.strictEqual(await w.until(there.users.getOrLoad('a', async () => 'old')), 'old')
      slow.end()
      assert.strictEqual(await written, 'new')
      assert.strictEqual(await there.users.getOrLoad('a', never), 'new')
      assert.deepEqual(here.refused, [])
      assert.isAtMost(w.clock.timers, 2, 'nothing is renewed any more')
    },
  )

  inWorlds('C17 a write that never ends keeps others from its key for ten minutes at most', async (w) => {
    const [here, there] = [w.process({}, { leaseTime: '60s' }), w.process({}, { leaseTime: '60s' })]
    const hung = held('late')
    const written = here.users.put('a', hung.load)
    await hung.began
    await w.pass(9 * 60_000)
    assert.strictEqual(await w.until(there.users.getOrLoad('a', async () => 'not kept')), 'not kept')
    assert.isUndefined(await there.users.get('a'))
    await w.pass(3 * 60_000)
    assert.strictEqual(await w.until(there.users.getOrLoad('a', async () => 'loaded')), 'loaded')
    assert.strictEqual(await there.users.getOrLoad('a', never), 'loaded')
    hung.end()
    assert.strictEqual(await written, 'late')
    assert.isUndefined(await here.users.get('a'), 'who writes so late takes away')
  })

  inWorlds('C17 a load without a renewal that came through in time is stored if nobody took its lease', async (w) => {
    const { users } = w.process({}, { leaseTime: '2s' })
    const slow = held('value')
    const asked = users.getOrLoad('a', slow.load)
    await slow.began
    await w.sql('UPDATE lease SET exp = 1')
    slow.end()
    assert.strictEqual(await asked, 'value')
    assert.strictEqual(await users.get('a'), 'value')
  })

  for (const [title, jump] of [
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ] as const)
    inWorlds(`C27 the wall clock jumps an hour ${title}: no entry outlives its ttl, and new ones live`, async (w) => {
      const [here, there] = [w.process({ ttl: '10s' }), w.process({ ttl: '10s' })]
      await here.users.getOrLoad('a', () => 1)
      w.clock.jumpWall(jump)
      await w.pass(10_000)
      for (const { users } of [here, there]) assert.isUndefined(await users.get('a'))
      assert.strictEqual(await there.users.getOrLoad('a', () => 2), 2)
      await w.pass(5_000)
      assert.strictEqual(await here.users.getOrLoad('a', never), 2)
      await w.pass(5_000)
      assert.isUndefined(await here.users.get('a'))
    })

  for (const [option, fresh] of [
    ['staleWhileRevalidate', { ttl: '10s', staleWhileRevalidate: '1h' }],
    ['staleIfError', { ttl: '10s', staleIfError: '1h' }],
  ] as const) {
    inWorlds(`C30 expire keeps the value for ${option}; evict, by another process too, ends that`, async (w) => {
      const [here, there] = [w.process(fresh), w.process(fresh)]
      const put = () => here.users.put('a', 'old', { tags: ['t'] })
      await put()
      await there.users.expire('a')
      await w.pass(1_000)
      for (const { users, caches } of [here, there]) {
        assert.isUndefined(await users.get('a'))
        assert.strictEqual(await users.getOrLoad('a', down), 'old')
        await caches.flush()
      }
      const ends = [() => there.users.evict('a'), () => there.users.evictTags(['t']), () => there.users.clear()]
      for (const end of ends) {
        await put()
        await w.pass(11_000)
        await end()
        await w.pass(1_000)
        for (const { users, caches } of [here, there]) {
          assert.strictEqual(await message(users.getOrLoad('a', down)), 'down')
          // The place of the failed load is given back behind it; the next one would wait for that by a clock that stands.
          await caches.flush()
        }
      }
    })
  }

  inWorlds('C31 an evict by another process while a refresh runs behind: its result is not kept', async (w) => {
    const fresh = { ttl: '10s', staleWhileRevalidate: '1h' } as const
    const [here, there] = [w.process(fresh), w.process(fresh)]
    await here.users.getOrLoad('a', () => 'old')
    await w.pass(11_000)
    const slow = held('refreshed')
    assert.strictEqual(await here.users.getOrLoad('a', slow.load), 'old')
    await slow.began
    await there.users.evict('a')
    slow.end()
    await here.caches.flush()
    await w.pass(1_000)
    for (const { users } of [here, there]) assert.isUndefined(await users.get('a'))
  })
})
