import { expect } from 'chai'
import { application, cachesmith, removeApplications, start } from './kit.js'

describe('cachesmith', function () {
  this.timeout(60_000)
  afterEach(removeApplications)

  it('shows what it can do, to itself and for each command', async () => {
    const folder = application()
    const [bare, help, one, version] = await Promise.all([
      cachesmith(folder),
      cachesmith(folder, '--help'),
      cachesmith(folder, 'warm', '--help'),
      cachesmith(folder, '--version'),
    ])
    for (const shown of [bare, help]) {
      expect(shown.code).to.equal(0)
      for (const name of ['stats', 'inspect', 'evict', 'warm', 'writes', 'doctor'])
        expect(shown.stdout).to.contain(`  ${name} `)
    }
    expect(one.stdout).to.contain('--resume').and.to.contain('--config <file>').and.to.contain('--json')
    expect(version.stdout.trim()).to.match(/^\d+\.\d+\.\d+/)
  })

  it('says which command or flag was meant, with code 2', async () => {
    const folder = application()
    const [command, flag, deed, number] = await Promise.all([
      cachesmith(folder, 'stat'),
      cachesmith(folder, 'warm', '--resum'),
      cachesmith(folder, 'writes', 'users', 'replai', '1'),
      cachesmith(folder, 'warm', 'x', '--rate', 'fast'),
    ])
    expect([command.code, flag.code, deed.code, number.code]).to.deep.equal([2, 2, 2, 2])
    expect(command.stderr).to.contain("unknown command 'stat'").and.to.contain('Did you mean stats?')
    expect(flag.stderr).to.contain("unknown option '--resum'").and.to.contain('Did you mean --resume?')
    expect(deed.stderr).to.contain('Allowed choices are replay, discard, flush')
    expect(number.stderr).to.contain('It takes a number above 0.')
  })

  it('says what is missing where there is no configuration, and where it throws or exports none', async () => {
    const none = await cachesmith(application(), 'inspect', 'users', '1')
    expect([none.code, none.stderr]).to.deep.equal([2, none.stderr])
    expect(none.stderr).to.contain('no cachesmith.config.js here').and.to.contain('export default createCacheManager(')
    const throwing = await cachesmith(
      application({ 'cachesmith.config.js': 'throw new Error("no database")' }),
      'inspect',
      'a',
      'b',
    )
    expect(throwing.code).to.equal(2)
    expect(throwing.stderr).to.contain('cachesmith.config.js failed while it was read: no database')
    const empty = await cachesmith(
      application({ 'cachesmith.config.mjs': 'export const caches = 1' }),
      'inspect',
      'a',
      'b',
    )
    expect(empty.stderr).to.contain('cachesmith.config.mjs has no manager as its default export')
    const named = await cachesmith(application(), 'doctor', '--config', 'elsewhere.js')
    expect(named.code).to.equal(1)
    expect(named.stdout).to.contain('no configuration at elsewhere.js')
  })

  it('reads a configuration in TypeScript, and a function that answers one', async () => {
    const config = `
      import { type CacheManager, createCacheManager } from '@cachesmith/core'
      const make = (ttl: '1m'): CacheManager => createCacheManager({ caches: { users: { ttl } } })
      export default async () => ({ caches: make('1m'), tasks: { users: { each: () => [['1']], run: async (_id: string) => {} } } })
    `
    const folder = application({ 'cachesmith.config.ts': config })
    const { code, stdout } = await cachesmith(folder, 'warm', '--json')
    expect([code, JSON.parse(stdout)]).to.deep.equal([0, { tasks: ['users'] }])
  })

  it('wants to know the running application for what only that knows', async () => {
    const folder = application()
    const nowhere = await cachesmith(folder, 'stats')
    expect([nowhere.code, nowhere.stdout]).to.deep.equal([2, ''])
    expect(nowhere.stderr).to.contain('stats are kept by the running application').and.to.contain('--url')
    const [wrong, tokenless, deaf] = await Promise.all([
      cachesmith(folder, 'stats', '--url', 'localhost:1'),
      cachesmith(folder, 'stats', '--url', 'http://127.0.0.1:1'),
      start(folder, ['stats'], { CACHESMITH_URL: 'http://127.0.0.1:1', CACHESMITH_TOKEN: 'secret-token' }).ended,
    ])
    expect([wrong.code, tokenless.code, deaf.code]).to.deep.equal([2, 2, 1])
    expect(wrong.stderr).to.contain('--url takes the address of an inspector')
    expect(tokenless.stderr).to.contain('wants a token')
    expect(deaf.stderr).to.contain('no inspector answers at http://127.0.0.1:1').and.not.to.contain('secret-token')
  })
})
