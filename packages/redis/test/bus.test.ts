import { createCacheManager, type Heard, type Store, type StoreCache } from '@cachesmith/core'
import { createClient } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, failure, fillOf, look, scope } from './support.js'

const channel = '{n:c}~'
const words = (heard: Heard) =>
  heard.kind === 'names'
    ? [...heard.keys.map((key) => `key ${key}`), ...heard.tags.map((tag) => `tag ${tag}`)]
    : [heard.kind]

/** A client some of whose methods are others. */
const meddled = (client: any, change: Record<string, (...all: any[]) => unknown>) =>
  new Proxy(client, {
    get(target, property) {
      const value = Reflect.get(target, property, target) as unknown
      if (typeof property === 'string' && change[property]) return change[property]
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value
    },
  })

describe('what a process hears of others in Redis', () => {
  let server: TestRedis
  let admin: Admin
  let there: StoreCache
  const stores: Store[] = []
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
  })
  beforeEach(async () => {
    await admin.send('FLUSHALL')
    there = (await open()).cache(scope)
  })
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())))
  after(async () => {
    admin?.end()
    await server?.stop()
  })
  const open = async (source: unknown = server.url) => {
    const store = redisStore(source as string)
    stores.push(store)
    await store.open()
    return store
  }
  const subscribers = async () => Number(((await admin.send('PUBSUB', 'NUMSUB', channel)) as unknown[])[1])
  /** A process that listens, has polled, and has heard nothing since. */
  const listener = async (source?: unknown, subscribed = 1) => {
    const cache = (await open(source)).cache(scope)
    const heard: string[] = []
    cache.listen?.((what) => heard.push(...words(what)))
    await eventually('it is subscribed', async () => (await subscribers()) >= subscribed)
    await fillOf(cache, 'warm', 'warm')
    await quiet(cache)
    heard.length = 0
    return { cache, heard }
  }
  const quiet = (cache: StoreCache) =>
    eventually('a poll hears nothing', async () => (await cache.poll()).kind === 'nothing')
  const hears = (heard: string[], ...what: string[]) =>
    eventually(`it hears ${what}`, async () => what.every((one) => heard.includes(one)))

  it('C18 hears names as they come, once each, and nothing is left for the poll', async () => {
    const { cache, heard } = await listener()
    const odd = 'odd | \ud800 \0 "'
    await there.evict(['a', odd])
    await there.evictTags(['t'])
    await there.expireTags(['soft'])
    await there.put(
      await there.beginPut('b'),
      { text: 'x', tags: [], life: 1_000 },
      { keys: ['c'], tags: ['u'], all: false },
    )
    await there.expire(['d'], () => undefined)
    await hears(heard, 'key d')
    assert.deepEqual(heard, ['key a', `key ${odd}`, 'tag t', 'tag soft', 'key b', 'key c', 'tag u', 'key d'])
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    await there.clear()
    await there.bumpVersion()
    await eventually('it hears of both', async () => heard.length === 10)
    assert.deepEqual(heard.slice(8), ['unknown', 'unknown'])
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    await there.evict(Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(100)}`))
    await eventually('too many names are everything', async () => heard.at(-1) === 'unknown')
  })

  it('does not hear its own deeds, among those of others', async () => {
    const { cache, heard } = await listener()
    const mine = async (times: number) => {
      for (let at = 0; at < times; at++) {
        await cache.evict([`mine ${at}`])
        await cache.evictTags([`mine ${at}`])
        await cache.put(await cache.beginPut('mine'), { text: 'x', tags: [], life: 1_000 })
      }
    }
    const theirs = async (times: number) => {
      for (let at = 0; at < times; at++) await there.evict([`their ${at}`])
    }
    await Promise.all([mine(30), theirs(30)])
    await hears(heard, 'key their 29')
    assert.deepEqual(
      heard,
      Array.from({ length: 30 }, (_, at) => `key their ${at}`),
    )
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    await cache.clear()
    await cache.bumpVersion()
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    assert.lengthOf(heard, 30)
  })

  it('C18 knows that a message was lost by the next one, and by a poll if none comes', async () => {
    const { cache, heard } = await listener()
    /** A deed whose message nobody gets. */
    const lose = async () => {
      const [inc, n, m, , versions] = String(await admin.send('GET', '{n:c}!')).split(' ')
      await admin.send('SET', '{n:c}!', `${inc} ${Number(n) + 1} ${m} lost${n} ${versions}`)
    }
    await lose()
    await there.evict(['a'])
    await hears(heard, 'unknown')
    assert.deepEqual(await cache.poll(), { kind: 'unknown' })
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    await there.evict(['b'])
    await hears(heard, 'key b')
    await lose()
    const from = performance.now()
    assert.deepEqual(await cache.poll(), { kind: 'unknown' })
    assert.isAtLeast(performance.now() - from, 95)
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
  })

  it('C19 a subscriber that is cut off says so, and hears again when it is back', async () => {
    const { cache, heard } = await listener()
    await admin.send('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await hears(heard, 'unknown')
    await eventually('it is subscribed again', async () => (await subscribers()) === 1)
    assert.deepEqual(await cache.poll(), { kind: 'unknown' })
    await quiet(cache)
    await there.evict(['a'])
    await hears(heard, 'key a')
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
  })

  it('D26 C20 a subscription that stays silent is made anew on another connection', async () => {
    const client = createClient({ url: server.url })
    await client.connect()
    let connections = 0
    const silentFirst = meddled(client, {
      duplicate: () =>
        ++connections === 1 ? meddled(client.duplicate(), { subscribe: async () => {} }) : client.duplicate(),
    })
    const { cache, heard } = await listener(silentFirst, 0)
    await eventually('it hears', async () => {
      await there.evict(['a'])
      await cache.poll()
      return heard.includes('key a')
    })
    assert.equal(connections, 2)
    await quiet(cache)
    client.destroy()
  })

  it('C21 takes a message that comes twice, or late, and goes on', async () => {
    const { cache, heard } = await listener()
    const messages: string[] = []
    const spy = createClient({ url: server.url })
    await spy.connect()
    await spy.subscribe(channel, (message) => messages.push(message))
    for (const key of ['a', 'b', 'c']) await there.evict([key])
    await eventually('three messages', async () => messages.length === 3)
    for (const again of [...messages, ...messages.toReversed()]) await admin.send('PUBLISH', channel, again)
    await eventually('all have come', async () => heard.length === 9)
    assert.notInclude(heard, 'unknown')
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    for (const foreign of ['', 'x', 'a|b', 'a|b|c', 'a|b|["x"]', 'a|b|[[1],[]]']) {
      await admin.send('PUBLISH', channel, foreign)
      await eventually('it is told', async () => heard.pop() === 'unknown')
      await quiet(cache)
    }
    spy.destroy()
  })

  it('an own deed that has no answer is told at once, and again when it lands', async () => {
    const client = createClient({ url: server.url, disableOfflineQueue: true })
    await client.connect()
    let late: (() => unknown) | undefined
    let losing = false
    const { cache, heard } = await listener(
      meddled(client, {
        evalSha: async (...all: [string, never]) => {
          if (!losing) return client.evalSha(...all)
          late = () => client.evalSha(...all)
          throw new Error('no answer in time')
        },
      }),
    )
    losing = true
    assert.include((await failure(cache.evict(['a']))).message, 'no answer in time')
    assert.deepEqual(heard, ['key a'])
    losing = false
    await late?.()
    await eventually('it is heard', async () => heard.length === 2)
    assert.deepEqual(heard, ['key a', 'key a'])
    assert.deepEqual(await cache.poll(), { kind: 'nothing' })
    client.destroy()
  })

  it('C23 a server that went back to an older state: all is unknown, and what was done is done again', async () => {
    const { cache, heard } = await listener()
    await fillOf(cache, 'a', 'old')
    await fillOf(cache, 'b', 'old', ['t'])
    await quiet(cache)
    await quiet(there)
    const names = (await admin.send('KEYS', '*')) as string[]
    const state = await Promise.all(names.map(async (name) => [name, String(await admin.send('GET', name))] as const))
    await cache.evict(['a'])
    await cache.evictTags(['t'])
    await fillOf(cache, 'b', 'new', ['t'])
    await eventually('others have heard', async () => (await there.poll()).kind === 'nothing')
    // The replica that takes over never got those three writes; all connections are made anew.
    await admin.send('FLUSHALL')
    for (const [name, value] of state) await admin.send('SET', name, value)
    assert.equal(await look(there, 'a'), 'old')
    assert.equal((await there.poll()).kind, 'unknown')
    await admin.send('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await admin.send('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    const seen = async () => [await look(cache, 'a'), await look(cache, 'b')]
    let first: string[] = []
    await eventually('it reads again', async () =>
      seen().then(
        (now) => {
          first = now
          return true
        },
        () => false,
      ),
    )
    assert.deepEqual(first, ['(absent)', '(tagged)'])
    assert.include(heard, 'unknown')
    await eventually('others see it done', async () =>
      look(there, 'a').then(
        (found) => found === '(absent)',
        () => false,
      ),
    )
  })
})

describe('memory in front of a Redis', () => {
  let server: TestRedis
  let admin: Admin
  const ends: (() => Promise<unknown>)[] = []
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })
  after(async () => {
    admin?.end()
    await server?.stop()
  })

  /** A process with memory, over a client of its own whose commands a test may hold back. */
  const process = async (meddle: (client: any) => any = (client) => client) => {
    const client = createClient({ url: server.url, disableOfflineQueue: true })
    client.on('error', () => {})
    await client.connect()
    const caches = createCacheManager({ store: redisStore(meddle(client)), caches: { users: {} } })
    await caches.ready()
    ends.push(async () => {
      await caches.close()
      client.destroy()
    })
    return caches.cache<string>('users')
  }
  const database = new Map<string, string>()
  const load = (key: string) => async () => database.get(key) as string
  const subscribed = (count: number) =>
    eventually('they are subscribed', async () => {
      const [, now] = (await admin.send('PUBSUB', 'NUMSUB', '{cachesmith:users}~')) as unknown[]
      return Number(now) === count
    })
  it('C18 C20 a process that never hears a message serves nothing older than a second', async function () {
    this.timeout(10_000)
    database.set('deaf', 'old')
    const deaf = await process((client) =>
      meddled(client, { duplicate: () => meddled(client.duplicate(), { subscribe: async () => {} }) }),
    )
    const other = await process()
    assert.equal(await deaf.getOrLoad('deaf', load('deaf')), 'old')
    await eventually('it is served from memory', async () => {
      await deaf.getOrLoad('deaf', load('deaf'))
      return deaf.stats().memoryHits > 3
    })
    database.set('deaf', 'new')
    await other.evict('deaf')
    const late = await eventually('it is new', async () => (await deaf.getOrLoad('deaf', load('deaf'))) === 'new')
    assert.isBelow(late, 1_200)
  })

  it('hears of an evict at once, without a poll', async () => {
    database.set('quick', 'old')
    const [here, there] = [await process(), await process()]
    await subscribed(2)
    const late: number[] = []
    for (let round = 0; round < 20; round++) {
      await here.getOrLoad('quick', load('quick'))
      database.set('quick', `new ${round}`)
      await there.evict('quick')
      late.push(
        await eventually('it is new', async () => (await here.getOrLoad('quick', load('quick'))) === `new ${round}`),
      )
    }
    late.sort((a, b) => a - b)
    assert.isBelow(late[10] as number, 50)
  })

  it('C22 does not keep what was read before an evict that arrived first', async () => {
    database.set('read', 'old')
    let hold = false
    const held: (() => void)[] = []
    const slow = await process((client) =>
      meddled(client, {
        sendCommand: async (words: string[]) => {
          const answer = await client.sendCommand(words)
          if (hold) await new Promise<void>((resolve) => held.push(resolve))
          return answer
        },
      }),
    )
    const other = await process()
    await subscribed(2)
    await other.getOrLoad('read', load('read'))
    await slow.getOrLoad('warm', async () => 'warm')
    hold = true
    const reading = slow.getOrLoad('read', load('read'))
    await eventually('its answer is there, and held', async () => held.length > 0)
    hold = false
    database.set('read', 'new')
    await other.evict('read')
    // What was published after it is heard: so the evict was, too.
    await slow.evict('another')
    await eventually('the bus is quiet', async () => {
      const stats = String(await admin.send('CLIENT', 'LIST', 'TYPE', 'pubsub'))
      return /omem=0/.test(stats)
    })
    await new Promise((resolve) => setImmediate(resolve))
    held.splice(0).forEach((go) => go())
    assert.equal(await reading, 'old')
    assert.equal(await slow.getOrLoad('read', load('read')), 'new')
  })
})
