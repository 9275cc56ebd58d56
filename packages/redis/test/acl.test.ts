import { StoreError } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, failure, fillOf, look, scope, secret } from './support.js'

const commands = '+get +set +mget +del +unlink +evalsha +eval +script|load +publish +subscribe +ping +hello'

describe('a Redis user with few rights', () => {
  let server: TestRedis
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    const rights = ['~{shop:*', '&{shop:*', '-@all', ...commands.split(' ')]
    await admin.send('ACL', 'SETUSER', 'shop', 'on', `>${secret}`, 'resetchannels', ...rights)
  })
  after(async () => {
    admin?.end()
    await server?.stop()
  })
  const open = async () => {
    const store = redisStore(`redis://shop:${secret}@127.0.0.1:${server.port}`)
    await store.open()
    return store
  }

  it('does all that a cache does, and hears what others do', async () => {
    const [here, there] = [await open(), await open()]
    const shop = { ...scope, namespace: 'shop' }
    const [cache, other] = [here.cache(shop), there.cache(shop)]
    const heard: string[] = []
    cache.listen?.((what) => heard.push(what.kind === 'names' ? what.keys.join() : what.kind))
    await fillOf(cache, 'a', 'one', ['t'])
    assert.equal(await look(other, 'a'), 'one')
    await eventually('the bus hears', async () => {
      await other.evict(['a'])
      return heard.includes('a')
    })
    await cache.put(await cache.beginPut('a'), { text: 'two', tags: ['t'], life: 1_000 })
    await cache.expire(['a'], () => 'stale')
    assert.equal(await look(other, 'a'), 'stale')
    await cache.expireTags(['t'])
    await cache.evictTags(['t'])
    assert.equal(await look(other, 'a'), '(tagged)')
    assert.equal(await cache.bumpVersion(), 1)
    await cache.clear()
    await cache.poll()
    await Promise.all([here.close(), there.close()])
  })

  it('R6 fails where it has no rights, and its caches read nothing of others', async () => {
    const store = await open()
    const cache = store.cache({ ...scope, namespace: 'bank' })
    for (const work of [
      () => cache.read(['a']),
      () => cache.begin('a'),
      () => cache.evict(['a']),
      () => cache.evictTags(['t']),
      () => cache.clear(),
      () => cache.poll(),
    ]) {
      const error = await failure(work())
      assert.instanceOf(error, StoreError)
      assert.match(error.message, /NOPERM|No permission|can't run this command/i)
    }
    await store.close()
  })

  it('is deaf without the right to subscribe, and polls instead', async () => {
    await admin.send('ACL', 'SETUSER', 'mute', 'on', `>${secret}`, '~{shop:*', '&*', '-@all')
    await admin.send('ACL', 'SETUSER', 'mute', ...commands.split(' ').filter((word) => word !== '+subscribe'))
    const store = redisStore(`redis://mute:${secret}@127.0.0.1:${server.port}`)
    await store.open()
    const shop = { ...scope, namespace: 'shop', cache: 'mute' }
    const [cache, other] = [store.cache(shop), store.cache(shop)]
    cache.listen?.(() => {})
    await fillOf(cache, 'a', 'one')
    await eventually('a poll hears nothing', async () => (await cache.poll()).kind === 'nothing')
    await other.evict(['a'])
    assert.equal((await cache.poll()).kind, 'unknown')
    assert.equal((await cache.poll()).kind, 'nothing')
    await store.close()
  })
})
