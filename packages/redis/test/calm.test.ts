import type { Found, Store } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { chance } from './chance.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { fillOf, scope } from './support.js'

/** More reads than it takes until the records of tags are not asked for. */
const many = 20

describe('a cache in Redis to which nothing has happened for a while', () => {
  let server: TestRedis
  let [store, other]: Store[] = []
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    ;[store, other] = [redisStore(server.url), redisStore(server.url)]
    await Promise.all([store.open(), other.open()])
  })
  after(async () => {
    await Promise.all([store?.close(), other?.close()])
    admin?.end()
    await server?.stop()
  })

  /** Leaves with the store what the front of a text says, as a reader does, and holds what comes back against the text. */
  const shown = (found: Found | undefined) => {
    if (found?.kind !== 'found') return found?.why
    const { text, front, memo } = found
    if (front !== undefined) {
      assert.isTrue(text.startsWith(front.text), `'${text}' does not begin with '${front.text}'`)
      assert.equal(front.meaning, `says ${front.text}`)
    } else if (memo !== undefined) memo.front = { text: text.slice(0, 6), meaning: `says ${text.slice(0, 6)}` }
    return `${text} ${found.id} ${found.expired === true}`
  }

  it('knows again what the front of a text says, of that text alone', async () => {
    const [mine, theirs] = [store!.cache({ ...scope, cache: 'fronts' }), other!.cache({ ...scope, cache: 'fronts' })]
    const said = async () => {
      const [found] = await mine.read(['a'])
      shown(found)
      return found?.kind === 'found' ? found.front?.meaning : found?.why
    }
    for (const tags of [[], ['x']]) {
      const saidInTurn = async () => [await said(), await said(), await said(), await said()]
      const known = (front: string) => [undefined, undefined, `says ${front}`, `says ${front}`]
      await fillOf(theirs, 'a', 'a text of theirs', tags)
      assert.deepEqual(await saidInTurn(), known('a text'))
      await theirs.evict(['nothing'])
      assert.equal(await said(), 'says a text')
      await theirs.expire(['a'], (text) => `stale ${text}`)
      assert.deepEqual((await saidInTurn()).slice(2), known('stale ').slice(2))
      await fillOf(theirs, 'a', 'another text', tags)
      assert.deepEqual(await saidInTurn(), known('anothe'))
      await theirs.evict(['a'])
      assert.equal(await said(), 'absent')
    }
  })

  it('what two reads left of two texts is not taken for the other', async () => {
    const [mine, theirs] = [store!.cache({ ...scope, cache: 'two' }), other!.cache({ ...scope, cache: 'two' })]
    const read = async () => {
      const [found] = await mine.read(['a'])
      assert(found?.kind === 'found')
      return found
    }
    await fillOf(theirs, 'a', 'first text')
    await read()
    const first = await read()
    await theirs.expire(['a'], () => 'second text')
    await read()
    const second = await read()
    assert.deepEqual([first.text, second.text], ['first text', 'second text'])
    assert.equal(second.front, undefined)
    second.memo!.front = { text: 'second', meaning: 2 }
    first.memo!.front = { text: 'first', meaning: 1 }
    assert.equal((await read()).front, undefined)
  })

  it('sees at once that another process has invalidated one of the tags, or made it stale', async () => {
    const [mine, theirs] = [store!.cache({ ...scope, cache: 'seen' }), other!.cache({ ...scope, cache: 'seen' })]
    const read = async () => shown((await mine.read(['a']))[0])
    await theirs.evictTags(['another'])
    for (const [verb, left] of [
      ['expireTags', /^text \S+ true$/],
      ['evictTags', /^tagged$/],
    ] as const) {
      await fillOf(theirs, 'a', 'text', ['x', 'y'])
      for (let times = 0; times < many; times++) assert.match(String(await read()), /^text \S+ false$/)
      await theirs[verb](['y'])
      assert.match(String(await read()), left)
      await mine.evict(['a'])
    }
  })

  it('asks for two names whatever the tags, and for the records when something has happened', async () => {
    const cache = store!.cache({ ...scope, cache: 'wire' })
    await fillOf(cache, 'a', 'text', ['x', 'y', 'z'])
    await cache.evictTags(['another'])
    const records = async (change: () => Promise<void>) => {
      for (let times = 0; times < many; times++) await cache.read(['a'])
      await change()
      await admin.forget()
      assert.match(String(shown((await cache.read(['a']))[0])), /^text/)
      return (await admin.calls()).mget
    }
    assert.equal(await records(async () => {}), 1)
    assert.equal(await records(() => other!.cache({ ...scope, cache: 'wire' }).evictTags(['far'])), 2)
  })

  it('answers like a process that has seen nothing, whatever happens', async function () {
    this.timeout(20_000)
    const seed = Number(process.env.CACHESMITH_SEED ?? Date.now() % 1_000_000)
    const below = chance(seed)
    const [mine, theirs] = [store!.cache({ ...scope, cache: 'any' }), other!.cache({ ...scope, cache: 'any' })]
    const tags = () => ['x', 'y', 'z'].filter(() => below(2) === 0)
    const verbs = [
      (key: string) => fillOf(theirs, key, `text ${below(100)}`, tags()),
      (key: string) => fillOf(mine, key, `text ${below(100)}`, tags()),
      async (key: string) => {
        const ticket = await theirs.beginPut(key)
        await theirs.put(
          ticket,
          { text: `put ${below(100)}`, tags: tags(), life: 60_000 },
          { keys: [], tags: below(3) === 0 ? tags() : [], all: below(9) === 0 },
        )
      },
      () => theirs.evictTags(['x', 'y', 'z', 'w'].slice(below(4)).slice(0, 1)),
      () => theirs.expireTags(['x', 'y', 'z', 'w'].slice(below(4)).slice(0, 1)),
      (key: string) => theirs.evict([key]),
      (key: string) => theirs.expire([key], (text) => (below(2) === 0 ? `stale ${text}` : undefined)),
      () => (below(4) === 0 ? theirs.clear() : Promise.resolve()),
      () => (below(4) === 0 ? admin.send('DEL', '{n:any}!') : Promise.resolve()),
    ]
    for (let step = 0; step < 300; step++) {
      for (let times = below(2) * many; times > 0; times--) await mine.read(['a', 'b'])
      const key = below(2) === 0 ? 'a' : 'b'
      const verb = below(verbs.length)
      await verbs[verb]!(key)
      const known = (await mine.read(['a', 'b'])).map(shown)
      const fresh = (await other!.cache({ ...scope, cache: 'any' }).read(['a', 'b'])).map(shown)
      assert.deepEqual(known, fresh, `CACHESMITH_SEED=${seed}: step ${step}, verb ${verb} on ${key}`)
    }
  })
})
