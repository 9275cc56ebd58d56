import { CacheConfigError, type WriteLog } from '@cachesmith/core'
import { aWrite, FaultProxy, writeLogConformance } from '@cachesmith/core/testing'
import { redisWriteLog } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, failure } from './support.js'

/** What scripts call is asked of the user too. */
const inScripts =
  '+get +set +exists +incr +del +hget +hset +hdel +hexists +hgetall +zadd +zrem +zrangebyscore +zscore'.split(' ')
const deaf = { lead() {}, arrived() {}, follow() {}, gone() {} }

describe('a write log in Redis', () => {
  let server: TestRedis
  let admin: Admin
  let made = 0
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis({ more: ['--appendonly', 'yes', '--appendfsync', 'always'] })
    admin = await connectAdmin(server)
  })
  after(async () => {
    admin?.end()
    await server?.stop()
  })
  const opened = async (log: string, owned = false) => {
    const one = redisWriteLog(server.url, { log, leaseTime: 500 })
    names.set(one, log)
    await one.open()
    if (owned) await one.share?.(deaf)
    return one
  }
  const names = new Map<object, string>()
  const proxies = new Map<object, FaultProxy>()
  afterEach(async () => {
    for (const proxy of proxies.values()) await proxy.close()
    proxies.clear()
  })
  const behindProxy = async (log: string) => {
    const proxy = await FaultProxy.before(server.port)
    const one = redisWriteLog(`redis://127.0.0.1:${proxy.port}`, { log, leaseTime: 500 })
    names.set(one, log)
    proxies.set(one, proxy)
    await one.open()
    return one
  }
  for (const owned of [false, true]) {
    describe(owned ? 'that one process owns' : 'that nobody owns', () => {
      writeLogConformance({
        describe,
        it,
        assert,
        make: async () => (owned ? opened(`log ${++made}`, true) : behindProxy(`log ${++made}`)),
        reopen: async (log) => {
          await log.close()
          return opened(names.get(log) ?? '', owned)
        },
        ...(!owned && {
          beside: (log: WriteLog) => opened(names.get(log) ?? ''),
          silence: (log: WriteLog) => {
            const proxy = proxies.get(log)
            proxy?.holds()
            return () => void proxy?.releases()
          },
        }),
      })
    })
  }

  it('reads more than one page in order', async () => {
    const log = await opened('pages')
    const writes = Array.from({ length: 2_500 }, (_, n) =>
      aWrite({ id: `w${String((n * 7919) % 2_500).padStart(5, '0')}` }),
    )
    await log.append(writes)
    assert.deepEqual(await log.pending(), writes)
    await log.close()
  })

  it('refuses the marks of one whose log another has taken, before it knows (W16)', async () => {
    const [one, two] = [await opened('late', true), await opened('late')]
    await one.append([aWrite()])
    await admin.send('DEL', '{cachesmith:late}=lease')
    await two.share?.(deaf)
    const errors = await Promise.all([
      failure(one.done(['w1'])),
      failure(one.claim('g', ['w1'])),
      failure(one.bury(['w1'], 'late', 1)),
    ])
    for (const error of errors) assert.match(error.message, /taken over/)
    assert.deepEqual(await two.pending(), [aWrite()])
    await one.append([aWrite({ id: 'w2' })])
    assert.lengthOf(await two.pending(), 2)
    await one.close()
    await two.close()
  })

  it('rejects what a full Redis does not take, and goes on draining (W12)', async () => {
    const log = await opened('full', true)
    await log.append([aWrite(), aWrite({ id: 'w2' })])
    await admin.send('CONFIG', 'SET', 'maxmemory', '1')
    try {
      assert.match((await failure(log.append([aWrite({ id: 'w3' })]))).message, /OOM/)
      await log.claim('g', ['w1', 'w2'])
      await log.bury(['w2'], 'poison', 1)
      await log.done(['w1'])
    } finally {
      await admin.send('CONFIG', 'SET', 'maxmemory', '0')
    }
    assert.deepEqual(await log.pending(), [])
    assert.lengthOf(await log.dead('visits'), 1)
    await log.close()
  })

  for (const [what, rights] of [
    ['with the rights that the docs name', ['&{shop:*', '+publish', '+subscribe', '+hello', '+client']],
    ['without the right to publish and to subscribe', ['resetchannels']],
  ] as const) {
    it(`serves a user ${what}`, async () => {
      const name = `user${++made}`
      const needs = ['~{shop:*', '-@all', '+info', '+eval', '+evalsha', '+ping', ...inScripts]
      await admin.send('ACL', 'SETUSER', name, 'on', '>pw', ...needs, ...rights)
      const url = server.url.replace('redis://', `redis://${name}:pw@`)
      const [one, two] = [0, 1].map(() => redisWriteLog(url, { namespace: 'shop', log: name, leaseTime: 400 }))
      const heard: string[] = []
      await one!.open()
      await two!.open()
      await one!.share?.({ ...deaf, arrived: (writes) => heard.push(...writes.map(({ id }) => id)) })
      await two!.share?.(deaf)
      await two!.append([aWrite()])
      await eventually('it arrives', async () => heard.length === 1)
      await one!.claim('g', ['w1'])
      await one!.bury(['w1'], 'no', 1)
      await two!.revive('w1')
      await one!.done(['w1'])
      await one!.close()
      await two!.close()
    })
  }

  describe('W24', () => {
    it('refuses a Redis without AOF and says what to set; warns where that is asked for', async () => {
      const bare = await startRedis()
      const refusing = redisWriteLog(bare.url)
      const error = await failure(refusing.open())
      assert.instanceOf(error, CacheConfigError)
      assert.match(error.message, /appendonly yes.*withoutAof: 'warn'/)
      await refusing.close()
      const heard: string[] = []
      const hear = (warning: Error) => heard.push(warning.message)
      process.on('warning', hear)
      const taking = redisWriteLog(bare.url, { withoutAof: 'warn' })
      await taking.open()
      await new Promise((resolve) => setImmediate(resolve))
      process.off('warning', hear)
      assert.match(heard.join(), /no append-only file/)
      assert.match(taking.caveat ?? '', /no append-only file.*appendonly yes/)
      await taking.close()
      await bare.stop()
    })

    it('refuses one that may evict, and one that does not say', async () => {
      await admin.send('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru')
      const one = redisWriteLog(server.url)
      assert.match((await failure(one.open())).message, /maxmemory-policy noeviction/)
      await one.close()
      await admin.send('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
      await admin.send('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', '&*', '+@all', '-info', '-config')
      const url = server.url.replace('redis://', 'redis://mute:pw@')
      const two = redisWriteLog(url)
      assert.match((await failure(two.open())).message, /\+info/)
      await two.close()
      const three = redisWriteLog(url, { withoutAof: 'warn' })
      await three.open()
      await three.append([aWrite()])
      await three.close()
    })
  })
})
