import { type Store, StoreError } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { type TestProxy, startProxy } from './proxy.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, failure, fillOf, look, scope } from './support.js'

describe('C23 a replica that takes over without the last writes', () => {
  let primary: TestRedis
  let replica: TestRedis
  let admin: Admin
  let proxy: TestProxy
  let here: Store
  let there: Store
  beforeEach(async function () {
    this.timeout(20_000)
    if (skipServers) this.skip()
    primary = await startRedis({ more: ['--repl-diskless-sync-delay', '0'] })
    replica = await startRedis({ more: ['--replicaof', '127.0.0.1', String(primary.port)] })
    admin = await connectAdmin(replica)
    proxy = await startProxy(primary.port)
    here = redisStore(proxy.url)
    there = redisStore(proxy.url)
    await Promise.all([here.open(), there.open()])
    await eventually('the replica follows', linked, 15_000)
  })
  afterEach(async () => {
    await Promise.all([here?.close(), there?.close()])
    await proxy?.close()
    admin?.end()
    await Promise.all([primary?.stop(), replica?.stop()])
  })
  const linked = async () => String(await admin.send('INFO', 'replication')).includes('master_link_status:up')
  const promote = () => admin.send('REPLICAOF', 'NO', 'ONE')
  const answers = (store: Store) =>
    eventually('it answers', () =>
      store
        .cache(scope)
        .read(['x'])
        .then(
          () => true,
          () => false,
        ),
    )

  it('the originator does its invalidations again before it reads; others drop their memory', async function () {
    this.timeout(20_000)
    const [mine, theirs] = [here.cache(scope), there.cache(scope)]
    for (const key of ['key', 'tagged', 'put', 'kept']) await fillOf(mine, key, 'old', key === 'tagged' ? ['t'] : [])
    await eventually('the replica has it all', async () => (await admin.send('EXISTS', '{n:c}:v1.0:kept')) === 1)
    await eventually('others have heard', async () => (await theirs.poll()).kind === 'nothing')
    const began = await theirs.begin('loading')
    assert(began.kind === 'granted')
    await eventually('the lease is there', async () => (await admin.send('EXISTS', '{n:c}?v1.0:loading')) === 1)
    await promote()
    await mine.evict(['key', 'loading'])
    await mine.evictTags(['t'])
    await mine.put(await mine.beginPut('put'), { text: 'new', tags: [], life: 60_000 })
    proxy.lead(replica.port)
    await eventually('the originator answers', () =>
      look(mine, 'kept').then(
        (found) => found === 'old',
        () => false,
      ),
    )
    const now = await Promise.all(['key', 'tagged', 'put'].map((key) => look(mine, key)))
    assert.deepEqual(now, ['(absent)', '(tagged)', '(absent)'])
    await answers(there)
    assert.equal((await theirs.poll()).kind, 'unknown')
    assert.equal(await look(theirs, 'key'), '(absent)')
    // It began before what was lost: the lease is there again, and gone with the second evict.
    assert.equal((await theirs.fill(began.ticket, { text: 'old', tags: [], life: 60_000 })).kind, 'refused')
  })

  it('a clear is done again, too, and nothing is read while it cannot be', async function () {
    this.timeout(20_000)
    const mine = here.cache(scope)
    await fillOf(mine, 'a', 'old')
    await eventually('the replica has it', async () => (await admin.send('EXISTS', '{n:c}:v1.0:a')) === 1)
    await promote()
    await mine.clear()
    await admin.send('CONFIG', 'SET', 'min-replicas-to-write', '1')
    proxy.lead(replica.port)
    await answers(there)
    await eventually('it is connected', async () => (await failure(mine.read(['a']))).message.includes('NOREPLICAS'))
    assert.instanceOf(await failure(mine.begin('a')), StoreError)
    await admin.send('CONFIG', 'SET', 'min-replicas-to-write', '0')
    assert.equal(await look(mine, 'a'), '(cleared)')
  })
})
