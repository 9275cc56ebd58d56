import { assert } from 'chai'
import type { Heard } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
import { otherHand, temporaryFiles } from './files.js'
import { aScope, granted, keep, sealed, twoProcesses, word, words } from './worlds.js'

const names = (keys: string[], tags: string[] = []): Heard => ({ kind: 'names', keys, tags })
const unknown: Heard = { kind: 'unknown' }
const nothing: Heard = { kind: 'nothing' }

describe('a SQLite store tells what others did (C33)', () => {
  const files = temporaryFiles()

  it('keys and tags that others did since the last poll; its own it has applied already', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    assert.deepEqual(await one.poll(), nothing)
    await keep(two, 'k', 'v')
    assert.deepEqual(await one.poll(), unknown, 'from no history to some')
    assert.deepEqual(await one.poll(), nothing)
    await two.evict(['a', 'b'])
    await two.evictTags(['t'])
    await two.expire(['c'], () => undefined)
    await two.put(await two.beginPut('d'), sealed('v'))
    await one.evict(['a'])
    assert.deepEqual(await one.poll(), names(['a', 'b', 'c', 'd'], ['t']))
    await one.evict(['a'])
    assert.deepEqual(await one.poll(), names([]))
    assert.deepEqual(await one.poll(), nothing)
    assert.deepEqual(await two.poll(), names(['a']), 'it began the history, so it misses nothing')
    assert.deepEqual(await two.poll(), nothing)
    await close()
  })

  it('a put that became an evict too', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    const ticket = await one.beginPut('k')
    await two.poll()
    await two.evict(['k'])
    await two.poll()
    assert.strictEqual(await one.put(ticket, sealed('v')), 'evicted')
    assert.deepEqual(await two.poll(), names(['k']))
    await close()
  })

  for (const [title, deed] of [
    ['a clear', 'clear'],
    ['a new generation', 'bumpVersion'],
  ] as const) {
    it(`${title} is unknown`, async () => {
      const { one, two, close } = await twoProcesses(files.next())
      await keep(two, 'k')
      await one.poll()
      await two[deed]()
      assert.deepEqual(await one.poll(), unknown)
      assert.deepEqual(await one.poll(), nothing)
      await two.evict(['k'])
      assert.deepEqual(await one.poll(), names(['k']))
      await close()
    })
  }

  it('more than the journal keeps is unknown', async () => {
    const path = files.next()
    const { one, two, close } = await twoProcesses(path)
    await keep(two, 'k')
    await one.poll()
    await two.evict(Array.from({ length: 1_999 }, (_, n) => `k${n}`))
    assert.strictEqual((await one.poll()).kind, 'names')
    await two.evict(Array.from({ length: 2_001 }, (_, n) => `k${n}`))
    assert.deepEqual(await one.poll(), unknown)
    assert.deepEqual(await one.poll(), nothing)
    const hand = await otherHand(path)
    assert.deepEqual(await hand.run('SELECT count(*) AS kept FROM journal'), [{ kept: 2_000 }])
    await hand.close()
    await close()
  })

  it('a gap in the journal is unknown', async () => {
    const path = files.next()
    const { one, two, close } = await twoProcesses(path)
    const other = await otherHand(path)
    await keep(two, 'k')
    await one.poll()
    await two.evict(['a', 'b', 'c'])
    await other.run(`DELETE FROM journal WHERE name = 'b'`)
    assert.deepEqual(await one.poll(), unknown)
    await other.run('DELETE FROM control')
    assert.deepEqual(await one.poll(), unknown, 'control lost')
    await other.close()
    await close()
  })

  it('a file put back from a copy is unknown, though its numbers have grown again', async () => {
    const path = files.next()
    const { one, two, close } = await twoProcesses(path)
    await keep(two, 'k')
    await one.poll()
    await two.evict(['k'])
    await one.poll()
    const hand = await otherHand(path)
    await hand.run(`UPDATE control SET r = 'of another past'`)
    assert.deepEqual(await one.poll(), unknown, 'same number, other past')
    await hand.run(`UPDATE journal SET r = 'yet another past'`)
    await two.evict(['k'])
    assert.deepEqual(await one.poll(), unknown, 'higher number, other past')
    await hand.close()
    await close()
  })
})

describe('a SQLite store and versions (R14)', () => {
  const files = temporaryFiles()

  it('releases live side by side; evict, tag, put and clear reach all', async () => {
    const { one, two, close } = await twoProcesses(files.next(), { version: 1 }, { version: 2 })
    const both = async (key: string, tags: string[] = []) => {
      await keep(one, key, 'shape 1', tags)
      await keep(two, key, 'shape 2', tags)
    }
    const seen = async (key: string) => [...(await words(one, key)), ...(await words(two, key))]
    await both('k', ['team'])
    assert.deepEqual(await seen('k'), ['shape 1', 'shape 2'])
    await one.evict(['k'])
    assert.deepEqual(await seen('k'), ['(absent)', '(absent)'])
    await both('k', ['team'])
    await one.evictTags(['team'])
    assert.deepEqual(await seen('k'), ['(tagged team)', '(tagged team)'])
    await both('p')
    await one.put(await one.beginPut('p'), sealed('put'))
    assert.deepEqual(await seen('p'), ['put', '(absent)'])
    await both('e')
    await two.expire(['e'], (text) => `stale ${text}`)
    assert.deepEqual(await seen('e'), ['stale shape 1', 'stale shape 2'])
    await one.clear()
    assert.deepEqual(await seen('e'), ['(cleared)', '(cleared)'])
    await close()
  })

  it('an evict of one release voids the load of another', async () => {
    const { one, two, close } = await twoProcesses(files.next(), { version: 1 }, { version: 2 })
    const ticket = await granted(two, 'k')
    await one.evict(['k'])
    assert.deepEqual(await two.fill(ticket, sealed('old')), { kind: 'refused', why: 'fenced' })
    await close()
  })

  it('a new generation is for all; the former is read by its number; clear changes no number', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    assert.strictEqual(await one.generation(), 0)
    await keep(one, 'k', 'gen 0')
    assert.strictEqual(await two.bumpVersion(), 1)
    assert.strictEqual(await one.generation(), 1)
    assert.deepEqual(await words(one, 'k'), ['(absent)'])
    await keep(one, 'k', 'gen 1')
    assert.deepEqual((await two.readAt(0, ['k', 'x'])).map(word), ['gen 0', '(absent)'])
    assert.deepEqual((await two.readAt(1, ['k'])).map(word), ['gen 1'])
    await one.evict(['k'])
    assert.deepEqual((await two.readAt(0, ['k'])).map(word), ['(absent)'])
    await one.clear()
    assert.strictEqual(await two.generation(), 1)
    assert.strictEqual(await one.bumpVersion(), 2)
    await close()
  })

  it('bumps of both are each another number, also the first ones', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    const numbers = await Promise.all([one, two, one, two, one].map((cache) => cache.bumpVersion()))
    assert.deepEqual([...numbers].sort(), [1, 2, 3, 4, 5])
    await close()
  })
})

describe('a SQLite store and text (D16, D21)', () => {
  const files = temporaryFiles()
  const odd = [
    '',
    ' ',
    '%',
    '_',
    "'",
    '"',
    '\\',
    '%_\'"',
    'a%',
    'A%',
    'a',
    'A',
    '\u0000',
    'a\u0000',
    'a\u0000b',
    '\u0001',
    '\u00010000',
    '\u0001d800',
    '\ud800',
    '\udfff',
    '\udc00\ud800',
    '\ud83d',
    '😀',
    '\ufffd',
    'é',
    'e\u0301',
    'ß',
    '1',
    '01',
    '1.0',
    'null',
    '[]',
    '["a"]',
    '$key',
    '?',
    '__proto__',
    'x'.repeat(100_000),
  ]

  it('keeps every key apart, and gives every text back as it was', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    for (const key of odd) await keep(one, key, `of ${key}`)
    assert.deepEqual(
      await words(two, ...odd),
      odd.map((key) => `of ${key}`),
    )
    for (const key of odd) {
      await two.evict([key])
      assert.deepEqual(await words(one, key), ['(absent)'])
    }
    await close()
  })

  it('evicts no key but the one named', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    for (const key of odd) await keep(one, key)
    await two.evict(['%', '_', 'a', '\ud800'])
    const left = odd.filter((key) => !['%', '_', 'a', '\ud800'].includes(key))
    assert.deepEqual(await words(two, ...left), left)
    await close()
  })

  it('keeps every tag apart', async () => {
    const { one, two, close } = await twoProcesses(files.next())
    for (const tag of odd) await keep(one, `bears ${tag}`, 'v', ['common', tag])
    for (const [place, tag] of odd.entries()) {
      await two.evictTags([tag])
      const [found, ...rest] = await one.read(odd.slice(place).map((other) => `bears ${other}`))
      assert.deepEqual(found, { kind: 'missing', why: 'tagged', tag })
      assert.isTrue(
        rest.every((other) => other.kind === 'found'),
        `after ${JSON.stringify(tag)}`,
      )
    }
    await close()
  })

  it('keeps every pair of namespace and cache apart, and tells names as they were', async () => {
    const path = files.next()
    const { stores, close } = await twoProcesses(path)
    const time = { now: Date.now() }
    const pairs = [
      ['a', 'b:c'],
      ['a:b', 'c'],
      ['a","b', 'c'],
      ['a', 'b","c'],
      ['', 'abc'],
      ['abc', ''],
      ['\ud800', 'x'],
      ['\udfff', 'x'],
    ] as const
    const caches = pairs.map(([namespace, cache]) => stores[0].cache(aScope(time, { namespace, cache })))
    for (const [place, cache] of caches.entries()) await keep(cache, 'k', `${place}`)
    for (const [place, cache] of caches.entries()) assert.deepEqual(await words(cache, 'k'), [`${place}`])
    const other = stores[1].cache(aScope(time, { namespace: 'a', cache: 'b:c' }))
    await caches[0]?.poll()
    await other.evict(odd)
    await other.evictTags(odd)
    assert.deepEqual(await caches[0]?.poll(), names(odd, odd))
    await close()
  })
})

describe('a SQLite store purges (D17)', () => {
  const files = temporaryFiles()
  const hour = 3_600_000

  it('what expired, what was cleared, and records too old to matter, in pieces', async () => {
    const path = files.next()
    const store = sqliteStore(path)
    await store.open()
    const past = { now: Date.now() - hour }
    const cache = store.cache(aScope(past))
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => keep(cache, `old${n}`, 'v', ['team'], 1_000)))
    await keep(cache, 'tagged long', 'v', ['team'], 10 * hour)
    await keep(cache, 'plain long', 'v', [], 10 * hour)
    await cache.evictTags(['other'])
    await keep(cache, 'after', 'v', ['other'], 10 * hour)
    const cleared = store.cache(aScope(past, { cache: 'cleared' }))
    await keep(cleared, 'k', 'v', [], Number.POSITIVE_INFINITY)
    await cleared.clear()
    await store.close()

    const rows = async () => {
      const hand = await otherHand(path)
      const [counts] = await hand.run(
        `SELECT (SELECT count(*) FROM entry) AS entries, (SELECT count(*) FROM tag) AS tags`,
      )
      await hand.close()
      return counts
    }
    assert.deepEqual(await rows(), { entries: 1_204, tags: 1 })
    const left = []
    for (let run = 0; run < 3; run++) {
      const again = sqliteStore(path)
      await again.open()
      await again.close()
      left.push((await rows())?.entries)
    }
    assert.deepEqual(left, [703, 203, 3])
    assert.deepEqual(await rows(), { entries: 3, tags: 0 })

    const last = sqliteStore(path)
    await last.open()
    const then = last.cache(aScope(past))
    assert.deepEqual(await words(then, 'plain long', 'tagged long', 'after'), ['v', '(outdated)', 'v'])
    await last.close()
  })

  it('no lease that a slow load still holds', async () => {
    const path = files.next()
    const { one, time, close } = await twoProcesses(path)
    time.now -= 60_000
    const ticket = await granted(one, 'k')
    const third = sqliteStore(path)
    await third.open()
    await third.close()
    assert.deepEqual(await one.fill(ticket, sealed('v')), { kind: 'stored' })
    await close()
  })
})
