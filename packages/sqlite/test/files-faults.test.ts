import { assert } from 'chai'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { CacheConfigError, StoreError, WriteBehindError } from '@cachesmith/core'
import { aWrite } from '@cachesmith/core/testing'
import { sqliteStore, sqliteWriteLog } from '@cachesmith/sqlite'
import { child, failure, otherHand, temporaryFiles } from './files.js'
import { aScope, granted, keep, sealed, words } from './worlds.js'

const kinds = [
  ['store', (path: string) => sqliteStore(path, { patience: 20 }), StoreError],
  ['write log', (path: string) => sqliteWriteLog(path, { patience: 20 }), WriteBehindError],
] as const

for (const [kind, make, unavailable] of kinds) {
  describe(`a SQLite ${kind} that cannot be opened (R16, W23)`, () => {
    const files = temporaryFiles()
    const unhandled: unknown[] = []
    const note = (reason: unknown) => {
      unhandled.push(reason)
    }
    before(() => process.on('unhandledRejection', note))
    after(async () => {
      await new Promise(setImmediate)
      process.off('unhandledRejection', note)
      assert.deepEqual(unhandled, [])
    })

    const refusesAs = async (path: string, says: RegExp) => {
      const error = await failure(make(path).open())
      assert.instanceOf(error, CacheConfigError)
      assert.include(error.message, `'${path}'`)
      assert.match(error.message, says)
    }

    it('a folder', () => refusesAs(files.folder, /is a folder. Name a file/))

    it('a file in a folder that is not there', () => refusesAs(join(files.folder, 'none', 'x.db'), /Make the folder/))

    it('a path through a file', () => {
      const path = files.next()
      writeFileSync(path, 'text')
      return refusesAs(join(path, 'x.db'), /cannot be opened/)
    })

    it('no path', () => refusesAs('', /Name a file/))

    for (const [what, bytes] of [
      ['short', 'hi'],
      ['long', 'not a database '.repeat(2_000)],
    ] as const) {
      it(`a ${what} file of something else, which is kept`, async () => {
        const path = files.next()
        writeFileSync(path, bytes)
        await refusesAs(path, /is not a database/)
        assert.strictEqual(readFileSync(path, 'utf8'), bytes)
      })
    }

    it('a database of another application, which is kept', async () => {
      const path = files.next()
      const hand = await otherHand(path)
      await hand.close()
      const before = readFileSync(path)
      await refusesAs(path, /belongs to something else/)
      assert.isTrue(readFileSync(path).equals(before))
    })

    it('a file of the other kind', async () => {
      const path = files.next()
      const other = kind === 'store' ? sqliteWriteLog(path) : sqliteStore(path)
      await other.open()
      await other.close()
      await refusesAs(path, /belongs to something else/)
    })

    it('a newer form, which is kept', async () => {
      const path = files.next()
      await make(path).open()
      const hand = await otherHand(path)
      await hand.run('PRAGMA user_version = 99')
      await refusesAs(path, /form 99, newer than the \d.*Update/)
      assert.deepEqual(await hand.run('PRAGMA user_version'), [{ user_version: 99 }])
      await hand.close()
    })

    // The superuser may write any file.
    if (process.getuid?.() !== 0) {
      it('a file that it may not write', async () => {
        const path = files.next()
        writeFileSync(path, '')
        chmodSync(path, 0o400)
        await refusesAs(path, /right to write/)
      })
    }

    it('a locked one is unavailable, not misconfigured, and opens once it is free (R15)', async () => {
      const path = files.next()
      const hand = await otherHand(path)
      await hand.run('DROP TABLE of_another_hand')
      await hand.run('BEGIN EXCLUSIVE')
      const opened = make(path)
      const error = await failure(opened.open())
      assert.instanceOf(error, unavailable)
      assert.match(error.message, /SQLITE_BUSY/)
      await hand.run('COMMIT')
      await opened.open()
      await opened.close()
      await hand.close()
    })

    it('one that is not open rejects, closes twice, and does not open again', async () => {
      const made = make(files.next())
      const verb = () => ('cache' in made ? made.cache(aScope({ now: 0 })).generation() : made.append([aWrite()]))
      assert.instanceOf(await failure(verb()), unavailable)
      await made.close()
      assert.match((await failure(made.open())).message, /is closed/)

      const opened = make(files.next())
      await Promise.all([opened.open(), opened.open()])
      await Promise.all([opened.close(), opened.close()])
      await opened.close()
      const closed = await failure('cache' in opened ? opened.cache(aScope({ now: 0 })).read(['k']) : opened.pending())
      assert.instanceOf(closed, unavailable)
      assert.match(closed.message, /is closed/)
    })

    it('one closed while it opens lets go of its file', async () => {
      const path = files.next()
      const made = make(path)
      await Promise.all([made.open(), made.close()])
      assert.isFalse(existsSync(`${path}-wal`))
    })

    it('several open a new file at once', async () => {
      const path = files.next()
      const all = Array.from({ length: 4 }, () => make(path))
      await Promise.all(all.map((one) => one.open()))
      await Promise.all(all.map((one) => one.close()))
    })
  })
}

describe('a SQLite store in trouble (R15 to R17)', () => {
  const files = temporaryFiles()

  it('locked by another process: writes fail within their budget, reads go on, then all is well', async () => {
    const path = files.next()
    const store = sqliteStore(path, { patience: 30 })
    await store.open()
    const cache = store.cache(aScope({ now: Date.now() }))
    await keep(cache, 'k', 'v')
    const hand = await otherHand(path)
    await hand.run('BEGIN IMMEDIATE')
    const started = performance.now()
    const writes = Array.from({ length: 100 }, () => failure(cache.evict(['k'])))
    const loading = failure(cache.begin('other'))
    assert.deepEqual(await words(cache, 'k'), ['v'])
    const read = performance.now() - started
    for (const error of await Promise.all([...writes, loading])) {
      assert.instanceOf(error, StoreError)
      assert.match(error.message, /SQLITE_BUSY/)
    }
    assert.isBelow(read, 30, 'a read waited for the lock')
    assert.isBelow(performance.now() - started, 700, 'a hundred writes waited one after another')
    await hand.run('ROLLBACK')
    await cache.evict(['k'])
    assert.deepEqual(await words(cache, 'k'), ['(absent)'])
    await hand.close()
    await store.close()
  })

  it('a lock that goes away within the budget is not noticed', async () => {
    const path = files.next()
    const store = sqliteStore(path, { patience: 10_000 })
    await store.open()
    const cache = store.cache(aScope({ now: Date.now() }))
    const hand = await otherHand(path)
    await hand.run('BEGIN IMMEDIATE')
    const kept = keep(cache, 'k', 'v')
    await hand.run('ROLLBACK')
    await kept
    await hand.close()
    await store.close()
  })

  it('full: fills fail, reads and evicts go on, and it takes values again when there is room', async () => {
    const store = sqliteStore(files.next(), { maxBytes: 300_000 })
    await store.open()
    const cache = store.cache(aScope({ now: Date.now() }))
    await keep(cache, 'first', 'v')
    const big = 'x'.repeat(50_000)
    const kept: string[] = []
    let full: Error | undefined
    for (let n = 0; n < 20 && !full; n++) {
      const ticket = await granted(cache, `k${n}`)
      await cache.fill(ticket, sealed(big)).then(
        () => kept.push(`k${n}`),
        (error) => {
          full = error
        },
      )
    }
    assert.instanceOf(full, StoreError)
    assert.match(full?.message ?? '', /SQLITE_FULL/)
    assert.deepEqual(await words(cache, 'first', `k${kept.length}`), ['v', '(absent)'])
    await cache.evict(kept)
    await keep(cache, 'again', big)
    assert.deepEqual(await words(cache, 'again'), [big])
    await store.close()
  })

  it('wrong options are said at once', () => {
    assert.throws(() => sqliteStore('x', { patience: Number.NaN }), CacheConfigError, /patience/)
    assert.throws(() => sqliteStore('x', { maxBytes: -1 }), CacheConfigError, /maxBytes/)
    assert.throws(() => sqliteWriteLog('x', { durability: 'some' as 'full' }), CacheConfigError, /'full' or 'normal'/)
  })

  it('in memory: alone, and gone with it', async () => {
    const store = sqliteStore(':memory:')
    assert.deepEqual(store.capabilities, { atomic: true, shared: false, durable: false, leases: true })
    await store.open()
    const cache = store.cache(aScope({ now: Date.now() }))
    await keep(cache, 'k', 'v', ['team'])
    await cache.evictTags(['team'])
    assert.deepEqual(await words(cache, 'k'), ['(tagged team)'])
    await store.close()
    assert.isFalse(existsSync(':memory:'))
  })

  it('its process killed in mid-write: the file is whole, and what was kept is there', async () => {
    const path = files.next()
    const writer = child('keep-until-killed', path)
    const kept: string[] = []
    for await (const line of createInterface({ input: writer.stdout })) {
      kept.push(line)
      if (kept.length === 150) writer.kill('SIGKILL')
    }
    const store = sqliteStore(path)
    await store.open()
    assert.deepEqual(await words(store.cache(aScope({ now: Date.now() })), ...kept), kept)
    await store.close()
    const hand = await otherHand(path)
    assert.deepEqual(await hand.run('PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
    await hand.close()
  })

  it('close waits for what is under way', async () => {
    const path = files.next()
    const store = sqliteStore(path)
    await store.open()
    const cache = store.cache(aScope({ now: Date.now() }))
    const calls = Array.from({ length: 50 }, (_, n) =>
      keep(cache, `k${n}`).then(
        () => 'kept',
        () => 'refused',
      ),
    )
    const reads = Array.from({ length: 50 }, (_, n) => cache.read([`k${n}`]))
    await store.close()
    await Promise.all([...calls, ...reads])
  })
})
