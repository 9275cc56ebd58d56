import { createCacheManager, type Store, StoreError } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, failure, fillOf, granted, look, scope } from './support.js'

const name = (suffix: string) => `{n:c}${suffix}`

describe('a Redis that loses what it was given', () => {
  let server: TestRedis
  let store: Store
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    store = redisStore(server.url)
    await store.open()
  })
  beforeEach(() => admin.send('FLUSHALL'))
  after(async () => {
    await store?.close()
    admin?.end()
    await server?.stop()
  })
  const cache = () => store.cache(scope)
  const fill = async (text: string, ticket: Awaited<ReturnType<typeof granted>>, tags: string[] = []) => {
    const filled = await cache().fill(ticket, { text, tags, life: 60_000 })
    return filled.kind === 'stored' ? 'stored' : filled.why
  }

  it('C6 voids all entries and fills of a control that is lost, and counts in a new incarnation', async () => {
    await fillOf(cache(), 'a', 'old', ['t'])
    const [ticket, writing] = [await granted(cache(), 'b'), await cache().beginPut('c')]
    await admin.send('DEL', name('!'))
    assert.equal(await look(cache(), 'a'), '(cleared)')
    assert.equal(await fill('old', ticket), 'cleared')
    await fillOf(cache(), 'other', 'new')
    assert.equal(await look(cache(), 'a'), '(cleared)')
    assert.equal(await fill('old', ticket), 'cleared')
    assert.equal(await cache().put(writing, { text: 'old', tags: [], life: 60_000 }), 'evicted')
    await fillOf(cache(), 'a', 'new', ['t'])
    assert.equal(await look(cache(), 'a'), 'new')
  })

  it('C6 refuses the fill of a lease that is lost', async () => {
    const [ticket, writing] = [await granted(cache(), 'a'), await cache().beginPut('b')]
    await admin.send('DEL', name('?v1.0:a'), name('?v1.0:b'))
    assert.equal(await fill('old', ticket), 'lost')
    assert.equal(await cache().put(writing, { text: 'old', tags: [], life: 60_000 }), 'evicted')
    assert.deepEqual([await look(cache(), 'a'), await look(cache(), 'b')], ['(absent)', '(absent)'])
  })

  it('C6 serves nothing on the word of a record that is lost, and refuses at most one fill for it', async () => {
    await fillOf(cache(), 'a', 'old', ['t'])
    await cache().evictTags(['another'])
    await admin.send('DEL', name('#t'))
    assert.equal(await look(cache(), 'a'), '(outdated)')
    const ticket = await granted(cache(), 'b')
    await cache().evictTags(['another'])
    assert.equal(await fill('old', ticket, ['t', 'lost too']), 'tagged')
    await fillOf(cache(), 'b', 'new', ['t', 'lost too'])
    await cache().evictTags(['another'])
    assert.equal(await look(cache(), 'b'), 'new')
    await cache().evictTags(['t'])
    await admin.send('DEL', name('#t'))
    await cache().expireTags(['t'])
    assert.equal(await look(cache(), 'b'), '(tagged)')
  })

  it('C6 is empty after FLUSHALL, whatever was under way', async () => {
    await fillOf(cache(), 'a', 'old')
    const ticket = await granted(cache(), 'b')
    await admin.send('FLUSHALL')
    assert.equal(await fill('old', ticket), 'cleared')
    assert.deepEqual([await look(cache(), 'a'), await look(cache(), 'b')], ['(absent)', '(absent)'])
  })

  it('R11 R12 R13 takes foreign bytes under its names for misses, and goes on', async () => {
    const bytes = [
      '',
      ' ',
      'x',
      'null',
      '1 2 3',
      '[]\n',
      'a b c d\ncs1',
      '\ud800',
      'i 0 id []',
      'i 0 id [1]\nx',
      '9'.repeat(500),
    ]
    await fillOf(cache(), 'good', 'good', ['t'])
    for (const foreign of bytes) {
      await admin.send('SET', name(':v1.0:bad'), foreign)
      await admin.send('SET', name('?v1.0:bad'), foreign)
      assert.deepEqual(
        (await cache().read(['good', 'bad'])).map((found) => found.kind),
        ['found', 'missing'],
      )
      await fillOf(cache(), 'bad', 'mended')
      assert.equal(await look(cache(), 'bad'), 'mended')
      await admin.send('SET', name('#t'), foreign)
      await cache().evictTags(['another'])
      assert.equal(await look(cache(), 'good'), '(outdated)')
      await fillOf(cache(), 'good', 'good', ['t'])
      await admin.send('SET', name('!'), foreign)
      assert.equal(await look(cache(), 'good'), '(cleared)')
      await cache().poll()
      await fillOf(cache(), 'good', 'good', ['t'])
      assert.equal(await look(cache(), 'good'), 'good')
    }
    await admin.send('SET', name(':v1.0:bad'), 'x')
    await cache().expire(['bad'], () => 'stale')
    assert.equal(await look(cache(), 'bad'), '(absent)')
  })

  it('sends a script in full when the server has forgotten it', async () => {
    await fillOf(cache(), 'a', 'one')
    await admin.send('SCRIPT', 'FLUSH')
    await fillOf(cache(), 'a', 'two')
    await admin.send('SCRIPT', 'FLUSH')
    await cache().evict(['a'])
    assert.equal(await look(cache(), 'a'), '(absent)')
  })

  it('C9 C10 gives a lease to one, and to the next when it has run out; the late fill is refused', async () => {
    const [here, there] = [{ ...scope, leaseTime: 20 }, scope].map((one) => store.cache(one))
    const late = await granted(here!, 'a')
    assert.deepEqual(await there!.begin('a'), { kind: 'busy' })
    await eventually('the lease has run out', async () => (await admin.send('EXISTS', name('?v1.0:a'))) === 0)
    const ticket = await granted(there!, 'a')
    assert.equal(await here!.renew(late), false)
    assert.deepEqual(await here!.fill(late, { text: 'late', tags: [], life: 60_000 }), { kind: 'refused', why: 'lost' })
    assert.deepEqual(await there!.fill(ticket, { text: 'one', tags: [], life: 60_000 }), { kind: 'stored' })
    assert.equal(await look(here!, 'a'), 'one')
  })

  it('C17 keeps a lease for longer than it stands, by renewing it', async () => {
    const short = store.cache({ ...scope, leaseTime: 100 })
    const other = store.cache(scope)
    const ticket = await granted(short, 'a')
    const until = performance.now() + 300
    await eventually('three lease times have passed', async () => {
      assert.equal(await short.renew(ticket), true)
      assert.equal((await other.begin('a')).kind, 'busy')
      return performance.now() > until
    })
    assert.deepEqual(await short.fill(ticket, { text: 'one', tags: [], life: 60_000 }), { kind: 'stored' })
  })

  it('C17 keeps the place of a write that takes longer than it stands', async () => {
    const caches = createCacheManager({ namespace: 'n', store, leaseTime: 150, caches: { c: {} } })
    const other = cache()
    const until = performance.now() + 600
    const written = caches.cache<string>('c').put('a', async () => {
      await eventually('four lease times have passed', async () => {
        assert.equal((await other.begin('a')).kind, 'writing')
        return performance.now() > until
      })
      return 'new'
    })
    assert.equal(await written, 'new')
    assert.include(await look(other, 'a'), '"new"')
  })

  it('a process does not wait for a lease of its own', async () => {
    const here = cache()
    const first = await granted(here, 'a')
    const second = await granted(here, 'a')
    assert.deepEqual(await here.fill(second, { text: 'second', tags: [], life: 60_000 }), { kind: 'stored' })
    assert.equal(await fill('first', first), 'lost')
  })

  it('C5 a writer is not waited for, and spoils the fill of who loads meanwhile', async () => {
    const [here, there] = [cache(), cache()]
    const load = await granted(here, 'a')
    const writing = await there.beginPut('a')
    assert.equal((await here.begin('a')).kind, 'writing')
    assert.equal(await fill('old', load), 'lost')
    assert.equal(await there.put(writing, { text: 'new', tags: [], life: 60_000 }), 'stored')
    assert.equal(await look(here, 'a'), 'new')
  })

  it('C34 keeps a put together with the invalidations of its own call', async () => {
    const here = cache()
    await fillOf(here, 'older', 'older', ['team'])
    await fillOf(here, 'named', 'named')
    const writing = await here.beginPut('a')
    const own = { keys: ['named'], tags: ['team'], all: false }
    assert.equal(await here.put(writing, { text: 'new', tags: ['team'], life: 60_000 }, own), 'stored')
    const now = await Promise.all(['a', 'older', 'named'].map((key) => look(here, key)))
    assert.deepEqual(now, ['new', '(tagged)', '(absent)'])
    const again = await here.beginPut('a')
    const all = { keys: [], tags: [], all: true }
    assert.equal(await here.put(again, { text: 'alone', tags: ['team'], life: 60_000 }, all), 'stored')
    assert.deepEqual([await look(here, 'a'), await look(here, 'older')], ['alone', '(cleared)'])
    const overtaken = await here.beginPut('a')
    await cache().evictTags(['team'])
    assert.equal(await here.put(overtaken, { text: 'late', tags: ['team'], life: 60_000 }, own), 'evicted')
    assert.equal(await look(here, 'a'), '(absent)')
  })

  it('expires by tag: found, and said to be stale, until the tag is evicted', async () => {
    const here = cache()
    await fillOf(here, 'a', 'one', ['t', 'u'])
    const ticket = await granted(here, 'b')
    await cache().expireTags(['t'])
    const [found] = await here.read(['a'])
    assert(found?.kind === 'found' && found.expired === true)
    const begun = await cache().begin('a')
    assert(begun.kind === 'value' && begun.expired === true)
    assert.equal(await fill('began before', ticket, ['t']), 'tagged')
    const refresh = await granted(here, 'a', found.id)
    assert.equal(await fill('two', refresh, ['t', 'u']), 'stored')
    const [fresh] = await here.read(['a'])
    assert(fresh?.kind === 'found' && fresh.expired === undefined)
    await cache().expireTags(['t'])
    await cache().evictTags(['u'])
    assert.equal(await look(here, 'a'), '(tagged)')
  })

  it('more than eight versions of one cache begin anew, so that none is out of reach', async () => {
    const versions = Array.from({ length: 9 }, (_, at) => store.cache({ ...scope, version: at + 1 }))
    for (const [at, one] of versions.slice(0, 8).entries()) await fillOf(one, 'a', `version ${at + 1}`)
    assert.equal(await look(versions[0]!, 'a'), 'version 1')
    await fillOf(versions[8]!, 'a', 'version 9')
    assert.equal(await look(versions[0]!, 'a'), '(absent)')
    await fillOf(versions[0]!, 'b', 'again')
    assert.equal(await look(versions[0]!, 'a'), '(cleared)')
    await versions[0]!.evict(['a'])
    assert.equal(await look(versions[8]!, 'a'), '(absent)')
  })

  it('R5 what lands late is void: a fill after an evict, a put after another put', async () => {
    await fillOf(cache(), 'warm', 'warm')
    const client = createClient({ url: server.url, disableOfflineQueue: true })
    await client.connect()
    // What this client sends is held back, and lands when it is let go.
    const held: (() => void)[] = []
    const slow = new Proxy(client, {
      get(target, property) {
        const value = Reflect.get(target, property, target) as unknown
        if (typeof value !== 'function') return value
        if (property !== 'evalSha' || !holding) return (value as (...all: unknown[]) => unknown).bind(target)
        return async (...all: unknown[]) => {
          await new Promise<void>((resolve) => held.push(resolve))
          return (value as (...all: unknown[]) => unknown).apply(target, all)
        }
      },
    })
    let holding = false
    const other = redisStore(slow as never)
    await other.open()
    const remote = other.cache(scope)
    const [ticket, writing] = [await granted(remote, 'a'), await remote.beginPut('b')]
    holding = true
    const late = [
      remote.fill(ticket, { text: 'old', tags: [], life: 60_000 }),
      remote.put(writing, { text: 'old', tags: [], life: 60_000 }),
      remote.evict(['c']),
    ] as const
    await cache().evict(['a'])
    await fillOf(cache(), 'a', 'new')
    await cache().put(await cache().beginPut('b'), { text: 'new', tags: [], life: 60_000 })
    await fillOf(cache(), 'c', 'new')
    for (const go of held.splice(0)) go()
    assert.equal((await late[0]).kind, 'refused')
    assert.equal(await late[1], 'evicted')
    await late[2]
    const now = await Promise.all(['a', 'b', 'c'].map((key) => look(cache(), key)))
    assert.deepEqual(now, ['new', '(absent)', '(absent)'])
    await other.close()
    client.destroy()
  })

  it('R6 READONLY: a replica refuses, and nothing is said to be done', async () => {
    const replica = await startRedis({ more: ['--replicaof', '127.0.0.1', String(server.port)] })
    const reader = redisStore(replica.url)
    await reader.open()
    for (const work of [
      () => reader.cache(scope).begin('a'),
      () => reader.cache(scope).evict(['a']),
      () => reader.cache(scope).clear(),
    ]) {
      const error = await failure(work())
      assert.instanceOf(error, StoreError)
      assert.match(error.message, /READONLY/)
    }
    await reader.close()
    await replica.stop()
  })
})
