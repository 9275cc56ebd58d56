import { assert } from 'chai'
import { readFileSync } from 'node:fs'
import { CacheConfigError } from '@cachesmith/core'
import { aWrite } from '@cachesmith/core/testing'
import { sqliteStore, sqliteWriteLog } from '@cachesmith/sqlite'
import { failure, otherHand, temporaryFiles } from './files.js'
import { aScope, keep, words } from './worlds.js'

describe('a SQLite file of an older form', () => {
  const files = temporaryFiles()

  /** As an older release would have left it: with its number, and with tables that are not those of today. */
  const age = async (path: string, version: number) => {
    const hand = await otherHand(path)
    await hand.run('DROP VIEW IF EXISTS deed')
    await hand.run('DROP TABLE IF EXISTS tag')
    await hand.run('CREATE TABLE tag (of_old TEXT)')
    await hand.run('CREATE VIEW "odd "" name" AS SELECT * FROM tag')
    await hand.run(`PRAGMA user_version = ${version}`)
    await hand.close()
  }

  it('is made anew where it holds only a cache, once, by whoever comes first', async () => {
    const path = files.next()
    const scope = aScope({ now: Date.now() })
    const old = sqliteStore(path)
    await old.open()
    await keep(old.cache(scope), 'k', 'old', ['team'])
    await old.close()
    await age(path, 1)

    const stores = [sqliteStore(path), sqliteStore(path), sqliteStore(path)]
    await Promise.all(stores.map((store) => store.open()))
    const [one, two] = stores.map((store) => store.cache(scope))
    assert(one && two)
    assert.deepEqual(await words(one, 'k'), ['(absent)'])
    await keep(one, 'k', 'new', ['team'])
    await Promise.all(stores.slice(2).map((store) => store.close()))
    const late = sqliteStore(path)
    await late.open()
    assert.deepEqual(await words(late.cache(scope), 'k'), ['new'])
    await two.expireTags(['team'])
    assert.deepInclude((await one.read(['k']))[0], { text: 'new', expired: true })
    const hand = await otherHand(path)
    assert.deepEqual(await hand.run(`SELECT name FROM sqlite_schema WHERE name LIKE 'odd%'`), [])
    await hand.close()
    await Promise.all([...stores, late].map((store) => store.close()))
  })

  it('is refused and kept where it may hold acknowledged writes', async () => {
    const path = files.next()
    const log = sqliteWriteLog(path)
    await log.open()
    await log.append([aWrite()])
    await log.close()
    const hand = await otherHand(path)
    await hand.run('PRAGMA user_version = 0')
    await hand.close()
    const before = readFileSync(path)
    const error = await failure(sqliteWriteLog(path).open())
    assert.instanceOf(error, CacheConfigError)
    assert.match(error.message, /form 0, older than the \d.*Drain it with the release that made it/)
    assert.isTrue(readFileSync(path).equals(before))
  })
})
