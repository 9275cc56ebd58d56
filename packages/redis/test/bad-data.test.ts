import { type CacheManager, createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { secret } from './support.js'

describe('what others have put under the names of a cache', () => {
  let server: TestRedis
  let admin: Admin
  let caches: CacheManager
  let errors: string[]
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
  })
  const open = (user = '') => {
    caches = createCacheManager({
      namespace: 'shop',
      store: redisStore(`redis://${user}127.0.0.1:${server.port}`),
      caches: { users: { memory: false, ttl: '1h' } },
    })
    errors = []
    caches.observe({ on: (event) => event.type === 'store-error' && errors.push(String(event.error)) })
    return caches.cache<number>('users')
  }
  beforeEach(() => admin.send('FLUSHALL'))
  afterEach(() => caches?.close())
  after(async () => {
    admin?.end()
    await server?.stop()
  })
  const entry = '{shop:users}:v1.0:a'

  it('a text of another application is a counted miss, and makes room', async () => {
    const users = open()
    let loads = 0
    const read = () => users.getOrLoad('a', async () => ++loads)
    await read()
    for (const text of ['', 'not ours', '{"value":1}', 'a b c d\n', `${await inc()} 0 x y\nz`, '\u0000\ufffd\n\n']) {
      await admin.send('SET', entry, text)
      const [before, { misses, storeErrors }] = [loads, users.stats()]
      assert.equal(await read(), before + 1, text)
      assert.equal(users.stats().misses, misses + 1, text)
      assert.equal(users.stats().storeErrors, storeErrors, text)
      assert.equal(await read(), before + 1, `${text}: Redis answers again`)
    }
  })
  const inc = async () => String(await admin.send('GET', '{shop:users}!')).split(' ')[0]

  it('WRONGTYPE a list under the name of an entry costs that key its place, is told, and an evict takes it away', async () => {
    const users = open()
    assert.equal(await users.getOrLoad('a', async () => 1), 1)
    await admin.send('DEL', entry)
    await admin.send('LPUSH', entry, 'not ours')
    for (let times = 0; times < 10; times++) {
      assert.equal(await users.getOrLoad('a', async () => 2), 2)
      assert.equal(await users.getOrLoad('b', async () => 3), 3)
    }
    assert.match(
      errors[0] ?? '',
      /begin at \S+ failed: WRONGTYPE.*names that begin with \{shop:; give this one a namespace/,
    )
    assert.isAtLeast(users.stats().storeErrors, 10)
    await users.evict('a')
    await users.getOrLoad('a', async () => 4)
    assert.equal(await users.getOrLoad('a', async () => 5), 4)
  })

  it('WRONGTYPE a list in place of the control fails everything and hangs nothing', async () => {
    const users = open()
    await admin.send('LPUSH', '{shop:users}!', 'not ours')
    const from = performance.now()
    for (let times = 0; times < 20; times++) assert.equal(await users.getOrLoad('a', async () => times), times)
    await users.evict('a')
    assert.isBelow(performance.now() - from, 2_000)
    assert.include(errors.join('\n'), 'WRONGTYPE')
  })

  it('NOPERM names the command and what to add to the user', async () => {
    const rights = '+get +mget +eval +publish +subscribe +ping +hello'
    await admin.send(
      'ACL',
      'SETUSER',
      'shop',
      'reset',
      'on',
      `>${secret}`,
      '~{shop:*',
      '&{shop:*',
      ...rights.split(' '),
    )
    const users = open(`shop:${secret}@`)
    assert.equal(await users.getOrLoad('a', async () => 1), 1)
    assert.match(errors.join('\n'), /NOPERM.*'evalsha' command: let an administrator send ACL SETUSER shop \+evalsha$/m)

    await admin.send('ACL', 'SETUSER', 'shop', '+evalsha', '+script|load')
    errors.length = 0
    await users.evict('a')
    const whole = /let an administrator send ACL SETUSER shop (~\{shop:\* &\{shop:\* \+get \+set .* \+hello)$/m.exec(
      errors.join('\n'),
    )
    assert.isNotNull(whole, errors.join('\n'))
    await admin.send('ACL', 'SETUSER', 'shop', ...whole![1]!.split(' '))
    errors.length = 0
    await caches.close()
    const now = open(`shop:${secret}@`)
    await now.evict('a')
    await now.getOrLoad('a', async () => 7)
    assert.equal(await now.getOrLoad('a', async () => 8), 7)
    assert.deepEqual(errors, [], 'the line that was told is enough')

    await admin.send('ACL', 'SETUSER', 'shop', 'resetkeys', '~other:*')
    errors.length = 0
    await now.evict('a')
    assert.match(errors.join('\n'), /ACL SETUSER shop ~\{shop:\*/)
    assert.notInclude(JSON.stringify(errors), secret)
  })
})
