import { createCacheManager } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
import { expect } from 'chai'
import { join } from 'node:path'
import { application, cachesmith, removeApplications } from './kit.js'

const config = `
import { createCacheManager } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
export default createCacheManager({ budget: '10s', store: sqliteStore(new URL('cache.db', import.meta.url).pathname), caches: { users: {}, rates: { store: false } } })
`

describe('cachesmith over a store', function () {
  this.timeout(60_000)
  let folder: string
  beforeEach(async () => {
    folder = application({ 'cachesmith.config.js': config })
    await using caches = createCacheManager({
      budget: '10s',
      store: sqliteStore(join(folder, 'cache.db')),
      caches: { users: {} },
    })
    await caches.cache('users').put(['user', '1'], { id: '1', born: new Date(0) }, { tags: ['team:a'], ttl: '1h' })
    await caches.cache('users').put('7', 'text')
    await caches.cache('users').put(7, 'number')
  })
  afterEach(removeApplications)

  it('inspects an entry: tier, ages, tags, and its value where asked', async () => {
    const { code, stdout, stderr } = await cachesmith(folder, 'inspect', 'users', '["user","1"]', '--value')
    expect(code).to.equal(0)
    expect(stdout)
      .to.match(/tier\s*│ store/)
      .and.to.match(/fresh for\s*│ 59 min/)
      .and.to.contain('team:a')
    expect(stdout).to.contain("{ id: '1', born: 1970-01-01T00:00:00.000Z }")
    expect(stderr).to.contain('--url')
  })

  it('tells numbers and texts apart, and answers 1 where there is nothing', async () => {
    const value = async (key: string) =>
      JSON.parse((await cachesmith(folder, 'inspect', 'users', key, '--json')).stdout)
    expect((await value('7')).entry.value).to.equal('number')
    expect((await value('"7"')).entry.value).to.equal('text')
    const none = await cachesmith(folder, 'inspect', 'users', '8', '--json')
    expect([none.code, JSON.parse(none.stdout).found]).to.deep.equal([1, false])
  })

  it('evicts a key, tags, or everything, which it wants to hear said', async () => {
    expect((await cachesmith(folder, 'evict', 'users', '7')).stdout).to.contain("Evicted 7 of cache 'users'")
    expect((await cachesmith(folder, 'inspect', 'users', '7')).code).to.equal(1)
    expect((await cachesmith(folder, 'inspect', 'users', '"7"')).code).to.equal(0)
    expect((await cachesmith(folder, 'evict', 'users', '--tag', 'team:a', 'team:b')).code).to.equal(0)
    expect((await cachesmith(folder, 'inspect', 'users', '["user","1"]')).code).to.equal(1)
    const unsaid = await cachesmith(folder, 'evict', 'users', '--all')
    expect([unsaid.code, unsaid.stderr.includes('say --yes')]).to.deep.equal([2, true])
    expect(JSON.parse((await cachesmith(folder, 'evict', 'users', '--all', '--yes', '--json')).stdout)).to.deep.equal({
      cache: 'users',
      evicted: 'all',
    })
    expect((await cachesmith(folder, 'inspect', 'users', '"7"')).code).to.equal(1)
  })

  it('says what is wrong with what it was told', async () => {
    const [nothing, both, unknown, memory] = await Promise.all([
      cachesmith(folder, 'evict', 'users'),
      cachesmith(folder, 'evict', 'users', '7', '--tag', 'a'),
      cachesmith(folder, 'evict', 'userss', '7'),
      cachesmith(folder, 'evict', 'rates', '7'),
    ])
    expect([nothing.code, both.code, unknown.code, memory.code]).to.deep.equal([2, 2, 2, 2])
    for (const { stderr } of [nothing, both]) expect(stderr).to.contain('say what to evict')
    expect(unknown.stderr).to.contain("did you mean 'users'?")
    expect(memory.stderr).to.contain('in the memory of the running application')
  })
})
