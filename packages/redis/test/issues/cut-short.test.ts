import { type CacheManager, createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from '../admin.js'
import { skipServers, startRedis, type TestRedis } from '../servers.js'

describe('an entry in Redis that is not whole', () => {
  let server: TestRedis
  let admin: Admin
  let caches: CacheManager
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
  })
  beforeEach(() => {
    caches = createCacheManager({
      namespace: 'cut',
      store: redisStore(server.url),
      caches: { users: { memory: false, ttl: '1h' } },
    })
  })
  afterEach(() => caches.close())
  after(async () => {
    admin?.end()
    await server?.stop()
  })

  const entry = async () => {
    const names = (await admin.send('KEYS', '{cut:users}:*')) as string[]
    assert.lengthOf(names, 1)
    return names[0] as string
  }

  it('is a miss once, wherever it was cut, and Redis answers the next read', async () => {
    const users = caches.cache<string>('users')
    let loads = 0
    const read = () => users.getOrLoad('a', async () => `load ${++loads}`, { tags: ['t'] })
    assert.equal(await read(), 'load 1')
    const whole = String(await admin.send('GET', await entry()))
    const line = whole.indexOf('\n')
    const places = [0, 1, line - 12, line - 1, line, line + 1, line + 8, whole.length - 9, whole.length - 1]
    for (const at of places) {
      await admin.send('SET', await entry(), String(await admin.send('GET', await entry())).slice(0, at))
      const [before, { misses }, from] = [loads, users.stats(), performance.now()]
      await read()
      assert.equal(loads, before + 1, `cut at ${at} of ${whole.length}: it is loaded`)
      assert.equal(users.stats().misses, misses + 1, `cut at ${at}: a counted miss`)
      assert.isBelow(performance.now() - from, 1_000, `cut at ${at}: nobody waits`)
      assert.equal(await read(), `load ${loads}`)
      assert.equal(loads, before + 1, `cut at ${at} of ${whole.length}: Redis answers the next read`)
    }
  })

  it('is loaded once by several processes that meet it at once', async () => {
    const others = Array.from({ length: 3 }, () =>
      createCacheManager({
        namespace: 'cut',
        store: redisStore(server.url),
        caches: { users: { memory: false, ttl: '1h' } },
      }),
    )
    try {
      let loads = 0
      const read = (from: CacheManager) =>
        from.cache<number>('users').getOrLoad('a', async () => {
          loads++
          await new Promise((resolve) => setTimeout(resolve, 50))
          return loads
        })
      await Promise.all(others.map((each) => each.ready()))
      for (const cut of [5, 60]) {
        await admin.send('SET', await entry(), String(await admin.send('GET', await entry())).slice(0, -cut))
        loads = 0
        await Promise.all(others.map(read))
        assert.equal(loads, 1, `cut by ${cut}`)
      }
    } finally {
      await Promise.all(others.map((each) => each.close()))
    }
  })
})
