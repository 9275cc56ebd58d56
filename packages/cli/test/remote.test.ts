import { type CacheManager, Cacheable, CacheConfig, createCacheManager, WriteBehind } from '@cachesmith/core'
import { serveInspector } from '@cachesmith/inspector'
import { expect } from 'chai'
import { application, cachesmith, removeApplications, start } from './kit.js'

@CacheConfig({ cache: 'users' })
class Users {
  broken = true
  @Cacheable({ key: (id: string) => ['user', id], tags: () => ['team:a'] })
  async find(id: string): Promise<{ id: string }> {
    return { id }
  }
  @WriteBehind({ cache: 'visits', key: (id: string) => ['visits', id] })
  async visit(id: string): Promise<void> {
    if (this.broken) throw new Error(`the sink refuses ${id}`)
  }
}

describe('cachesmith and a running application', function () {
  this.timeout(60_000)
  let caches: CacheManager
  let users: Users
  let served: Awaited<ReturnType<typeof serveInspector>>
  let folder: string
  const env = () => ({ CACHESMITH_URL: served.url.replace(/#.*$/, ''), CACHESMITH_TOKEN: served.token })
  const ask = (...args: string[]) => start(folder, args, env()).ended

  beforeEach(async () => {
    caches = createCacheManager({
      namespace: 'shop',
      caches: { users: {}, visits: { writes: { flushEvery: 1, retry: { attempts: 1, backoff: 1 } } } },
    })
    users = caches.bind(new Users())
    served = await serveInspector(caches, { values: true })
    folder = application()
    await users.find('1')
    await users.find('1')
  })
  afterEach(async () => {
    await served.close()
    await caches.close()
    removeApplications()
  })

  it('tells its counts, of all caches and of one by method and reason', async () => {
    const all = await ask('stats')
    expect([all.code, all.stderr]).to.deep.equal([0, ''])
    expect(all.stdout).to.match(/users\s*│\s*2 │ 50\.0 %/)
    const one = await ask('stats', 'users')
    expect(one.stdout).to.contain('Users.find').and.to.contain('absent')
    const json = JSON.parse((await ask('stats', '--json')).stdout)
    expect([json.namespace, json.caches.users.hits, json.caches.users.misses]).to.deep.equal(['shop', 1, 1])
    expect((await ask('stats', 'user')).code).to.equal(2)
  })

  it('explains an entry of memory, and evicts it by key, tag, or all', async () => {
    const inspect = (...more: string[]) => ask('inspect', 'users', '["user","1"]', ...more)
    const shown = await inspect('--value')
    expect(shown.code).to.equal(0)
    expect(shown.stdout)
      .to.match(/tier\s*│ memory/)
      .and.to.contain("{ id: '1' }")
      .and.to.contain('is a hit of the memory tier')
    for (const what of [['["user","1"]'], ['--tag', 'team:a'], ['--all', '--yes']]) {
      await users.find('1')
      expect((await inspect()).code).to.equal(0)
      expect((await ask('evict', 'users', ...what)).code).to.equal(0)
      expect((await inspect()).code).to.equal(1)
    }
  })

  it('lists dead letters, replays one and drains', async () => {
    await Promise.all([users.visit('a'), users.visit('b')])
    await caches.cache('visits').writes.flush()
    const { deadLetters } = JSON.parse((await ask('writes', 'visits', '--json')).stdout)
    expect(deadLetters).to.have.length(2)
    users.broken = false
    expect((await ask('writes', 'visits', 'replay', deadLetters[0].id)).code).to.equal(0)
    expect((await ask('writes', 'visits', 'flush')).stdout).to.contain("Drained 'visits'")
    expect((await ask('writes', 'visits', 'discard', deadLetters[1].id)).code).to.equal(0)
    expect(JSON.parse((await ask('writes', 'visits', '--json')).stdout).deadLetters).to.deep.equal([])
  })

  it('says that a token is wrong, without telling it', async () => {
    const { code, stdout, stderr } = await cachesmith(folder, 'stats', '--url', served.url, '--token', 'not-the-token')
    expect([code, stdout]).to.deep.equal([1, ''])
    expect(stderr).to.contain('does not take this token').and.not.to.contain('not-the-token')
  })

  it('is found by doctor, also where there is no configuration', async () => {
    const { code, stdout } = await ask('doctor', '--json')
    const { findings } = JSON.parse(stdout) as { findings: { level: string; what: string }[] }
    const levelOf = (what: string) => findings.find((finding) => finding.what.startsWith(what))?.level
    expect([code, levelOf('configuration'), levelOf('inspector at')]).to.deep.equal([1, 'problem', 'ok'])
  })
})
