import { assert } from 'chai'
import { aWrite } from '@cachesmith/core/testing'
import { CacheConfigError, type WriteLog, WriteBehindError } from '@cachesmith/core'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { failure, otherHand, temporaryFiles } from './files.js'

describe('the batches of a SQLite write log', () => {
  const files = temporaryFiles()
  const opened = async (path: string, options: Parameters<typeof sqliteWriteLog>[1] = {}) => {
    const log = sqliteWriteLog(path, options)
    await log.open()
    return log
  }
  const idOf = (n: number) => `w${String(n).padStart(5, '0')}`
  const many = (count: number, from = 0, payload = 'j[["k"],["it\'s \\"so\\" \\u0000 \ud800"]]') =>
    Array.from({ length: count }, (_, n) => {
      const operation = n % 3 === 0 ? 'Visits.add' : 'Visits.remove'
      return aWrite({ id: idOf(from + n), key: `k${n % 7}`, operation, payload })
    })
  const idsOf = async (log: WriteLog) => (await log.pending()).map(({ id }) => id)
  const rows = async (path: string, sql: string) => {
    const hand = await otherHand(path)
    const found = await hand.run(sql)
    await hand.close()
    return found
  }

  it('writes are found by ids of one length, of several lengths, and of the same lengths in another batch', async () => {
    const log = await opened(files.next())
    const batches = [
      ['a1', 'a2', 'a4'],
      ['b1', 'b10', 'b2'],
      ['c1', 'c3', 'c2'],
      ['d1', 'd2'],
    ]
    for (const ids of batches) await log.append(ids.map((id) => aWrite({ id })))
    await log.append(batches.flat().map((id) => aWrite({ id })))
    assert.deepEqual(await idsOf(log), batches.flat())
    await log.claim('g', ['a2', 'b10', 'c2', 'd2', 'a3', 'a', 'a22', 'd'])
    const claimed = (await log.pending()).filter(({ group }) => group === 'g')
    assert.deepEqual(
      claimed.map(({ id, attempts }) => [id, attempts]),
      ['a2', 'b10', 'c2', 'd2'].map((id) => [id, 1]),
    )
    await log.done(['a1', 'a4', 'b1', 'b2', 'c3', 'd1', 'a3', 'zz'])
    assert.deepEqual(await idsOf(log), ['a2', 'b10', 'c1', 'c2', 'd2'])
    await log.close()
  })

  it('a batch with little left is rewritten, and what is left of it is what it was', async () => {
    const path = files.next()
    let log = await opened(path)
    const writes = many(200)
    await log.append(writes)
    const length = async () => Number((await rows(path, 'SELECT length(writes) AS n FROM batch'))[0]?.n)
    const before = await length()
    await log.claim('g', [idOf(3), idOf(150)])
    const left = new Set([0, 3, 77, 150, 199])
    const over = writes.filter((_, n) => !left.has(n)).map(({ id }) => id)
    await log.done(over.slice(0, 100))
    assert.strictEqual(await length(), before, 'half of it is left')
    await log.done(over.slice(100))
    assert.isBelow(await length(), before / 10)
    assert.deepEqual(await rows(path, 'SELECT * FROM gone'), [])
    const expected = writes
      .filter((_, n) => left.has(n))
      .map((write) => ([idOf(3), idOf(150)].includes(write.id) ? { ...write, group: 'g', attempts: 1 } : write))
    assert.deepEqual(await log.pending(), expected)
    await log.close()
    log = await opened(path)
    assert.deepEqual(await log.pending(), expected)
    await log.claim('g', [idOf(150)])
    await log.done([idOf(0), idOf(77)])
    await log.bury([idOf(3)], 'poison', 1)
    assert.deepEqual(await log.pending(), [{ ...writes[150]!, group: 'g', attempts: 2 }, writes[199]!])
    await log.done([idOf(150), idOf(199)])
    assert.deepEqual(await rows(path, 'SELECT seq FROM batch UNION ALL SELECT batch FROM gone'), [])
    await log.close()
  })

  it('what ends in any order, over many commits and lives, leaves nothing behind', async () => {
    const path = files.next()
    let log = await opened(path)
    const alive = new Map<string, number>()
    let next = 0
    let dice = 7
    const roll = (sides: number) => {
      dice = (dice * 1_103_515_245 + 12_345) % 2 ** 31
      return dice % sides
    }
    for (let step = 0; step < 120; step++) {
      const fresh = many(roll(90) + 1, next)
      next += fresh.length
      const some = [...alive.keys()].filter(() => roll(3) > 0)
      const began = some.filter(() => roll(2) === 0)
      await Promise.all([log.append(fresh), log.claim(`g${step}`, began), log.done(some)])
      for (const { id } of fresh) alive.set(id, 0)
      for (const id of some) alive.delete(id)
      if (step % 3 === 0) {
        const tried = [...alive.keys()].filter(() => roll(4) === 0)
        await log.claim(`h${step}`, tried)
        for (const id of tried) alive.set(id, alive.get(id)! + 1)
      }
      if (step % 20 === 19) {
        await log.close()
        log = await opened(path)
        assert.deepEqual(
          (await log.pending()).map(({ id, attempts }) => [id, attempts]),
          [...alive],
          `step ${step}`,
        )
      }
    }
    await log.done([...alive.keys()])
    await log.append([aWrite({ id: 'last' })])
    await log.done(['last'])
    for (const table of ['batch', 'gone', 'claim'])
      assert.deepEqual(await rows(path, `SELECT * FROM ${table}`), [], table)
    await log.close()
  })

  it('verbs that do not wait for each other count in the order in which they were asked', async () => {
    const path = files.next()
    const log = await opened(path)
    const [one, two, three] = many(3)
    await Promise.all([
      log.append([one!, two!]),
      log.append([two!, three!]),
      log.claim('g', [two!.id]),
      log.done([one!.id]),
      log.done([one!.id]),
    ])
    assert.deepEqual(await log.pending(), [{ ...two!, group: 'g', attempts: 1 }, three!])
    await log.close()
  })

  it('ids that do not rise are found, too', async () => {
    const log = await opened(files.next())
    const ids = ['m', 'a', 'z', 'b', 'n']
    for (const id of ids) await log.append([aWrite({ id })])
    await log.append(['y', 'c', 'x'].map((id) => aWrite({ id })))
    await log.claim('g', ['a', 'c'])
    await log.done(['m', 'b', 'x', 'nobody', ''])
    assert.deepEqual(
      (await log.pending()).map(({ id, attempts }) => [id, attempts]),
      [
        ['a', 1],
        ['z', 0],
        ['n', 0],
        ['y', 0],
        ['c', 1],
      ],
    )
    await log.close()
  })

  it('full: an append that has no room takes no marks of its moment with it (W12)', async () => {
    const path = files.next()
    const log = await opened(path, { maxBytes: 100_000 })
    await log.append(many(100))
    const marks = Promise.all([log.claim('g', [idOf(1)]), log.done([idOf(0)])])
    const big = failure(log.append(many(500, 1_000, 'x'.repeat(2_000))))
    assert.match((await big).message, /SQLITE_FULL/)
    await marks
    assert.deepInclude((await log.pending())[0], { id: idOf(1), group: 'g', attempts: 1 })
    assert.lengthOf(await log.pending(), 99)
    await log.done(many(100).map(({ id }) => id))
    await log.append(many(5, 2_000))
    assert.deepEqual(
      await idsOf(log),
      many(5, 2_000).map(({ id }) => id),
    )
    await log.close()
  })

  it('a locked file leaves the marks where they were (W13)', async () => {
    const path = files.next()
    const log = await opened(path, { patience: 20 })
    await log.append(many(3))
    const hand = await otherHand(path)
    await hand.run('BEGIN IMMEDIATE')
    for (const error of await Promise.all([
      failure(log.done([idOf(0)])),
      failure(log.claim('g', [idOf(1)])),
      failure(log.append(many(1, 10))),
    ]))
      assert.instanceOf(error, WriteBehindError)
    await hand.run('ROLLBACK')
    await hand.close()
    await log.done([idOf(0)])
    await log.claim('g', [idOf(1)])
    assert.deepEqual(
      (await log.pending()).map(({ id, attempts }) => [id, attempts]),
      [
        [idOf(1), 1],
        [idOf(2), 0],
      ],
    )
    await log.close()
  })

  it('a batch whose text is damaged is told, and the file is kept (W23)', async () => {
    const path = files.next()
    const log = await opened(path)
    await log.append(many(3))
    await log.close()
    const hand = await otherHand(path)
    await hand.run('UPDATE batch SET writes = substr(writes, 1, 40)')
    await hand.close()
    const again = await opened(path)
    const error = await failure(again.pending())
    assert.instanceOf(error, CacheConfigError)
    assert.match(error.message, /is damaged.*recover/s)
    await again.close()
    assert.lengthOf(await rows(path, 'SELECT * FROM batch'), 1)
  })
})
