import { expect } from 'chai'
import { application, cachesmith, removeApplications } from './kit.js'

const withStore = (store: string): string => `
import { createCacheManager, memoryWriteLog } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { sqliteStore } from '@cachesmith/sqlite'
export default () => createCacheManager({ store: ${store}, writeLog: memoryWriteLog(), caches: { users: {} } })
`

interface Told {
  readonly ok: boolean
  readonly findings: { level: string; what: string; fix?: string }[]
}

describe('cachesmith doctor', function () {
  this.timeout(30_000)
  afterEach(removeApplications)

  const ask = async (config: string): Promise<Told & { code: number | null }> => {
    const folder = application({ 'cachesmith.config.js': config })
    const { code, stdout } = await cachesmith(folder, 'doctor', '--json')
    return { code, ...(JSON.parse(stdout) as Told) }
  }
  const of = (told: Told, what: string) => told.findings.find((finding) => finding.what.includes(what))

  it('finds nothing wrong with a store that opens, and advises on a log that forgets', async () => {
    const told = await ask(withStore("sqliteStore(new URL('cache.db', import.meta.url).pathname)"))
    expect([told.code, told.ok]).to.deep.equal([0, true])
    expect(of(told, 'store sqlite: opened')?.level).to.equal('ok')
    expect(of(told, 'MB in')?.level).to.equal('ok')
    expect(of(told, 'die with the process')?.level).to.equal('advice')
    expect(of(told, 'configuration: caches users')?.level).to.equal('ok')
  })

  it('says what to do about a store that is down, in words', async () => {
    const folder = application({ 'cachesmith.config.js': withStore("redisStore('redis://:secret-word@127.0.0.1:1')") })
    const { code, stdout, stderr } = await cachesmith(folder, 'doctor')
    expect(code).to.equal(1)
    expect(stdout).to.contain('PROBLEM').and.to.contain('store redis: does not open').and.to.contain('ECONNREFUSED')
    expect(stdout + stderr).not.to.contain('secret-word')
    expect(stderr).to.contain('1 problem.')
  })

  it('tells a wrong configuration as a problem', async () => {
    const told = await ask(
      "import { createCacheManager } from '@cachesmith/core'\nexport default createCacheManager({ cachess: {} })",
    )
    expect([told.code, told.ok]).to.deep.equal([1, false])
    expect(of(told, 'configuration')?.fix).to.contain("did you mean 'caches'")
  })
})
