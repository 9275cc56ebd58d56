import { createCacheManager, type CacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { skipServers, startRedis, type TestRedis } from './servers.js'

/** More reads than it takes until a process knows by heart what stands in front of a value. */
const many = 20

describe('hits of one entry in Redis, again and again', () => {
  let server: TestRedis
  let caches: CacheManager
  let elsewhere: CacheManager
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    const start = () =>
      createCacheManager({ store: redisStore(server.url), caches: { users: { memory: false, ttl: '1h' } } })
    caches = start()
    elsewhere = start()
  })
  after(async () => {
    await caches?.close()
    await elsewhere?.close()
    await server?.stop()
  })

  for (const tags of [[], ['team 1']]) {
    it(`are what was stored, and stale when it is, ${tags.length} tags`, async () => {
      const [mine, theirs] = [caches.cache<string>('users'), elsewhere.cache<string>('users')]
      const ids = [`a ${tags.length}`, `b ${tags.length}`]
      const name = (of: string) => ids.map((id) => `${of} ${id}`)
      let text = 'first'
      let loads = 0
      const load = (missing: string[]) => {
        loads += missing.length
        return missing.map((id) => `${text} ${id}`)
      }
      const read = () => mine.getOrLoadMany(ids, load, { tags, staleWhileRevalidate: '1h' })
      const readAgain = async () => {
        for (let times = 0; times < many; times++) {
          assert.deepEqual(await read(), name(text))
          assert.deepEqual(await mine.getMany(ids), name(text))
          assert.equal(await mine.getOrLoad(ids[0], () => 'not this'), `${text} ${ids[0]}`)
        }
      }
      await readAgain()
      const { storeErrors } = mine.stats()
      assert.deepEqual([loads, storeErrors], [2, 0])
      text = 'second'
      for (const id of ids) await theirs.put(id, `second ${id}`, { tags })
      await readAgain()
      assert.equal(loads, 2)

      const { stale } = mine.stats()
      for (const id of ids) await theirs.expire(id)
      text = 'third'
      assert.deepEqual(await mine.getMany(ids), [undefined, undefined])
      assert.deepEqual(
        await read(),
        ids.map((id) => `second ${id}`),
      )
      assert.equal(mine.stats().stale, stale + 2)
      await caches.configuredParts('users', 'a test').background.settled()
      await readAgain()
      assert.deepEqual([loads, mine.stats().storeErrors], [4, 0])
    })
  }
})
