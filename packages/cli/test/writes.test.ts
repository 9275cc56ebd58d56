import { createCacheManager, WriteBehind } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { expect } from 'chai'
import { join } from 'node:path'
import { application, cachesmith, removeApplications } from './kit.js'

const config = `
import { createCacheManager } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
export default createCacheManager({ writeLog: sqliteWriteLog(new URL('writes.db', import.meta.url).pathname), caches: { visits: {} } })
`

class Visits {
  @WriteBehind({ cache: 'visits', key: (id: string) => ['visits', id], operation: 'visits.add' })
  async add(id: string): Promise<void> {
    throw new Error(`the sink refuses ${id}`)
  }
}

/** An application whose sink refused two writes for good. */
async function refused(folder: string): Promise<void> {
  const caches = createCacheManager({
    writeLog: sqliteWriteLog(join(folder, 'writes.db')),
    caches: { visits: { writes: { flushEvery: 1, retry: { attempts: 1, backoff: 1 } } } },
  })
  const visits = caches.bind(new Visits())
  await Promise.all([visits.add('a'), visits.add('b')])
  await caches.cache('visits').writes.flush()
  await caches.close()
}

describe('cachesmith writes', function () {
  this.timeout(30_000)
  afterEach(removeApplications)

  it('lists dead letters of a log, discards one, replays another', async () => {
    const folder = application({ 'cachesmith.config.js': config })
    await refused(folder)
    const told = JSON.parse((await cachesmith(folder, 'writes', 'visits', '--json')).stdout)
    expect(told.deadLetters.map((letter: { operation: string }) => letter.operation)).to.deep.equal([
      'visits.add',
      'visits.add',
    ])
    const [one, other] = told.deadLetters.map((letter: { id: string }) => letter.id)
    const shown = await cachesmith(folder, 'writes', 'visits')
    expect(shown.stdout).to.contain('2 dead letters').and.to.contain(one).and.to.contain('the sink refuses')
    expect((await cachesmith(folder, 'writes', 'visits', 'discard', one)).stdout).to.contain(`Discarded ${one}`)
    expect((await cachesmith(folder, 'writes', 'visits', 'discard', one)).code).to.equal(1)
    expect((await cachesmith(folder, 'writes', 'visits', 'replay', other, '--json')).code).to.equal(0)
    const after = JSON.parse((await cachesmith(folder, 'writes', 'visits', '--json')).stdout)
    expect(after).to.deep.include({
      deadLetters: [],
      parked: [{ operation: 'visits.add', writes: 1, reason: after.parked[0].reason }],
    })
  })

  it('says what an id is wanted for', async () => {
    const folder = application({ 'cachesmith.config.js': config })
    const [without, too] = await Promise.all([
      cachesmith(folder, 'writes', 'visits', 'replay'),
      cachesmith(folder, 'writes', 'visits', 'flush', '1'),
    ])
    expect([without.code, too.code]).to.deep.equal([2, 2])
    expect(without.stderr).to.contain('replay takes the id of a dead letter')
  })
})
