import { type Cache, memoryWriteLog, type Write, WriteBehind } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
import { expect } from 'chai'
import { cleanUp, inspected, over } from './kit.js'

const hostile = [
  'nul\0',
  '<script>alert(1)</script>',
  '\ud800',
  '\u202eevil',
  "it's",
  '__proto__',
  'x'.repeat(1_000_000),
]

const filled = async (cache: Cache, n: number) => {
  for (let id = 0; id < n; id++) await cache.put(['user', id], id, { tags: [`odd:${id % 2}`] })
}

describe("the inspector's interface", () => {
  afterEach(cleanUp)

  it('caches: what core tells of them', async () => {
    const { caches, get } = await inspected({ namespace: 'shop', caches: { users: {}, ['__proto__']: {} } })
    await caches.cache('users').put('a', 1)
    await caches.cache('users').get('a')
    await caches.cache('users').get('b')
    const { json } = await get('caches')
    expect(json).to.have.all.keys('namespace', 'now', 'values', 'health', 'caches')
    expect(json.namespace).to.equal('shop')
    expect(json.health).to.deep.equal(caches.health())
    expect(json.caches).to.deep.equal(JSON.parse(JSON.stringify(caches.stats())))
    expect(json.caches.users).to.include({ hits: 1, misses: 1, entries: 1 })
    expect((await get('caches?x=1')).status).to.equal(400)
  })

  it('entries: page by page, by text and by tag', async () => {
    const { caches, get } = await inspected({ caches: { users: {} } })
    await filled(caches.cache('users'), 120)
    const keys: string[] = []
    let after = ''
    for (const size of [50, 50, 20]) {
      const { json } = await get(`entries?cache=users${after}`)
      expect(json.entries).to.have.length(size)
      expect(json.entries[0]).to.have.all.keys('key', 'createdAt', 'expiresAt', 'tags', 'bytes')
      keys.push(...json.entries.map((entry: { key: string }) => entry.key))
      after = `&after=${json.next}`
    }
    expect(after).to.equal('&after=null')
    expect(keys).to.deep.equal(Array.from({ length: 120 }, (_, id) => `user:${id}`))
    const found = async (query: string) =>
      (await get(`entries?cache=users&${query}`)).json.entries.map((entry: { key: string }) => entry.key)
    expect(await found('search=11')).to.deep.equal([
      'user:11',
      ...Array.from({ length: 10 }, (_, id) => `user:11${id}`),
    ])
    expect(await found('search=11&tag=odd:1&limit=2')).to.deep.equal(['user:11', 'user:111'])
    expect(await found('tag=none')).to.deep.equal([])
  })

  it('entries: a cursor goes on once, with its own search, while others come and go', async () => {
    const { caches, get } = await inspected({ caches: { users: {}, others: {} } })
    await filled(caches.cache('users'), 100)
    const next = async (query = '') => (await get(`entries?cache=users&limit=1${query}`)).json.next
    const after = await next()
    await caches.cache('users').evict(['user', 1])
    await caches.cache('users').put(['user', 'new'], 1)
    const wrong = await get(`entries?cache=others&after=${await next()}`)
    expect([wrong.status, wrong.json.error.message]).to.deep.equal([
      400,
      "'after' belongs to another search: give the same cache, search and tag with it.",
    ])
    const { json } = await get(`entries?cache=users&limit=2&after=${after}`)
    expect(json.entries.map((entry: { key: string }) => entry.key)).to.deep.equal(['user:2', 'user:3'])
    for (const gone of [after, 'nix']) {
      const answer = await get(`entries?cache=users&after=${gone}`)
      expect([answer.status, answer.json.error.code]).to.deep.equal([404, 'CURSOR'])
    }
    const first = await next()
    for (let n = 0; n < 8; n++) await next()
    expect((await get(`entries?cache=users&after=${first}`)).status, 'the oldest gave way').to.equal(404)
  })

  it('entry: explained by its stored text and as people type it, whatever bytes it is made of', async () => {
    const { caches, get } = await inspected({ caches: { users: { ttl: '1h' } } })
    const users = caches.cache('users')
    for (const text of hostile) {
      await users.put(['user', text], { secret: text.length }, { tags: [text] })
      const listed = (await get('entries?cache=users&limit=500')).json.entries.at(-1)
      expect(listed.key).to.match(/^[!-~]{1,200}$/)
      expect(listed.tags).to.deep.equal([text])
      const byKey = await get(`entry?cache=users&key=${encodeURIComponent(listed.key)}`)
      expect(byKey.json.found, listed.key).to.equal(true)
      expect(byKey.json.explanation).to.include({ key: listed.key, outcome: 'hit' })
      expect(byKey.json.entry).to.include({ key: listed.key, tier: 'memory' })
      expect(byKey.json.entry).not.to.have.property('value')
      expect(byKey.text).not.to.include('secret')
      if (text.length > 1_000) continue
      const typed = encodeURIComponent(
        JSON.stringify(['user', text]).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      )
      expect((await get(`entry?cache=users&typed=${typed}`)).json.explanation.key).to.equal(listed.key)
    }
    expect(users.stats(), 'looking counts as no read').to.include({ hits: 0, misses: 0 })
  })

  it('entry: what people type is a list of parts, a scalar, or a text', async () => {
    const { caches, get } = await inspected({ caches: { users: {} } })
    const key = async (typed: string) =>
      (await get(`entry?cache=users&typed=${encodeURIComponent(typed)}`)).json.explanation.key
    const { explain } = caches.cache('users')
    for (const [typed, meant] of [
      ['["user",1]', ['user', 1]],
      ['[["a"],null]', [['a'], null]],
      ['42', 42],
      ['"42"', '42'],
      ['true', 'true'],
      ['null', 'null'],
      ['user 1', 'user 1'],
      ['{"a":1}', '{"a":1}'],
      ['["user"', '["user"'],
    ] as const)
      expect(await key(typed), typed).to.equal((await explain.call(caches.cache('users'), meant)).key)
  })

  it('entry: a key that is not there, and what is no key', async () => {
    const { get } = await inspected({ caches: { users: {}, scoped: { scope: () => undefined as never } } })
    const { json } = await get('entry?cache=users&typed=nobody')
    expect(json.found).to.equal(false)
    expect(json.explanation).to.include({ key: 'nobody', outcome: 'miss', why: 'absent' })
    for (const [query, code, words] of [
      ['cache=users', 'INPUT', "one of 'key', 'typed'"],
      ['cache=users&key=a&typed=b', 'INPUT', "one of 'key', 'typed'"],
      ['cache=users&key=%00', 'KEY', 'storedKey takes the text of a key'],
      [`cache=users&key=${'x'.repeat(201)}`, 'KEY', 'storedKey'],
      ['cache=users&typed=', 'INPUT', "'typed' is missing"],
      ['cache=users&typed=a&value=yes', 'INPUT', "'value' is 1"],
      ['typed=a', 'INPUT', "'cache' is missing"],
      ['cache=users&typed=a&colour=red', 'INPUT', "no 'colour' here"],
      ['cache=scoped&typed=a', 'KEY', 'scope'],
    ] as const) {
      const answer = await get(`entry?${query}`)
      expect([answer.status, answer.json.error.code], query).to.deep.equal([400, code])
      expect(answer.json.error.message).to.include(words)
    }
    const none = await get('entries?cache=usrs')
    expect([none.status, none.json.error.message]).to.deep.equal([
      404,
      "There is no cache 'usrs'; there are: scoped, users.",
    ])
    for (const limit of ['0', '501', '-1', '1.5', 'x'])
      expect((await get(`entries?cache=users&limit=${limit}`)).status, limit).to.equal(400)
  })

  it('values: told only where the handler was made for it, as text, cut', async () => {
    const closed = await inspected({ caches: { users: {} } })
    await closed.caches.cache('users').put('a', 'secret')
    const refused = await closed.get('entry?cache=users&typed=a&value=1')
    expect([refused.status, refused.json.error.code]).to.deep.equal([403, 'VALUES'])
    const open = await inspected({ caches: { users: { maxValueBytes: 10_000_000 } } }, { values: true })
    const users = open.caches.cache('users')
    await users.put('a', { name: 'Ada', born: new Map([[1, '\0']]) })
    expect((await open.get('entry?cache=users&typed=a')).text).not.to.include('Ada')
    expect((await open.get('entry?cache=users&typed=a&value=1')).json.entry.value).to.equal(
      "{ name: 'Ada', born: Map(1) { 1 => '\\x00' } }",
    )
    await users.put('b', 'y'.repeat(1_000_000))
    expect((await open.get('entry?cache=users&typed=b&value=1')).json.entry.value.length).to.be.lessThan(66_000)
    expect((await open.get('entry?cache=users&typed=nobody&value=1')).json).to.include({ found: false })
  })

  it('entry: found in the store where memory has dropped it', async () => {
    const { caches, get } = await inspected({
      store: sqliteStore(':memory:'),
      caches: { users: { memory: { maxEntries: 1 } } },
    })
    const users = caches.cache('users')
    await users.put('a', 1, { tags: ['t'] })
    await users.put('b', 2)
    expect((await get('entries?cache=users')).json.entries).to.have.length(1)
    const { entry, explanation } = (await get('entry?cache=users&typed=a')).json
    expect(entry).to.deep.include({ key: 'a', tier: 'store', tags: ['t'] })
    expect(entry.expiresAt - entry.createdAt).to.be.closeTo(300_000, 10)
    expect(Math.abs(Date.now() - explanation.age - entry.createdAt)).to.be.lessThan(10_000)
    expect((await get('caches')).json.health.stores[0]).to.deep.include({ state: 'reachable', caches: ['users'] })
  })

  it('evict: by key, by tags, all; nothing where it is not clear what', async () => {
    const { caches, get, post } = await inspected({ caches: { users: {} } })
    const users = caches.cache('users')
    await filled(users, 10)
    const left = async () => (await get('entries?cache=users')).json.entries.map((entry: { key: string }) => entry.key)
    for (const body of [
      { cache: 'users' },
      { cache: 'users', key: 'user:1', all: true },
      { cache: 'users', all: false },
      { cache: 'users', all: 'true' },
      { cache: 'users', tags: [] },
      { cache: 'users', tags: 'odd:1' },
      { cache: 'users', tags: [''] },
      { cache: 'users', tag: 'odd:1' },
      { cache: 'users', key: 1 },
      { key: 'user:1' },
      { cache: ['users'], all: true },
    ])
      expect((await post('evict', body)).status, JSON.stringify(body)).to.equal(400)
    expect(await left()).to.have.length(10)
    expect((await post('evict', { cache: 'users', key: 'user:1' })).json).to.deep.equal({ evicted: 'key' })
    expect((await post('evict', { cache: 'users', typed: '["user",3]' })).json).to.deep.equal({ evicted: 'key' })
    expect(await left()).to.deep.equal([0, 2, 4, 5, 6, 7, 8, 9].map((id) => `user:${id}`))
    expect((await post('evict', { cache: 'users', tags: ['odd:1'] })).json).to.deep.equal({ evicted: 'tags' })
    expect(await left()).to.deep.equal([0, 2, 4, 6, 8].map((id) => `user:${id}`))
    expect((await post('evict', { cache: 'users', all: true })).json).to.deep.equal({ evicted: 'all' })
    expect(await left()).to.deep.equal([])
    for (const tag of hostile.filter((text) => text.length < 1_000)) {
      await users.put('a', 1, { tags: [tag] })
      expect((await post('evict', { cache: 'users', tags: [tag] })).status).to.equal(200)
      expect(await left(), JSON.stringify(tag)).to.deep.equal([])
    }
  })

  it('writes: pending, dead letters, replay, discard, flush, without their arguments', async () => {
    const { caches, get, post } = await inspected({
      writeLog: memoryWriteLog(),
      caches: { visits: { writes: { flushEvery: '1h', retry: { attempts: 1 } } } },
    })
    const sunk: string[] = []
    let works = false
    class Visits {
      @WriteBehind({ cache: 'visits', key: (id: string) => ['visit', id], drainTo: 'addMany' })
      async add(id: string): Promise<void> {
        if (!works) throw new Error('the sink is out')
        sunk.push(id)
      }
      async addMany(batch: Write<[id: string]>[]): Promise<void> {
        for (const { args } of batch) await this.add(args[0])
      }
    }
    const visits = caches.bind(new Visits())
    await visits.add('secret-1')
    const told = async () => (await get('writes?cache=visits')).json
    expect(await told()).to.deep.include({ pending: 1, deadLetters: [], parked: [] })
    expect((await post('writes/flush', { cache: 'visits' })).json).to.deep.equal({ flushed: true })
    const [letter, ...others] = (await told()).deadLetters
    expect(others).to.deep.equal([])
    expect(letter).to.include({ operation: 'Visits.add' })
    expect(letter.reason).to.include('the sink is out')
    expect(letter).to.have.all.keys('id', 'operation', 'enqueuedAt', 'diedAt', 'reason', 'attempts')
    const open = await over(caches, { values: true })
    expect((await open.get('writes?cache=visits')).json.deadLetters[0].payload).to.include('secret-1')
    for (const verb of ['replay', 'discard']) {
      const answer = await post(`writes/${verb}`, { cache: 'visits', id: 'nix' })
      expect([answer.status, answer.json.error.code], verb).to.deep.equal([404, 'WRITE'])
    }
    works = true
    expect((await post('writes/replay', { cache: 'visits', id: letter.id })).json).to.deep.equal({ done: true })
    await post('writes/flush', { cache: 'visits' })
    expect(sunk).to.deep.equal(['secret-1'])
    expect(await told()).to.deep.equal({ pending: 0, oldestMs: 0, parked: [], deadLetters: [] })
    works = false
    await visits.add('secret-2')
    await post('writes/flush', { cache: 'visits' })
    const { id } = (await told()).deadLetters[0]
    expect((await post('writes/discard', { cache: 'visits', id })).json).to.deep.equal({ done: true })
    expect((await told()).deadLetters).to.deep.equal([])
    expect(sunk).to.deep.equal(['secret-1'])
  })
})
