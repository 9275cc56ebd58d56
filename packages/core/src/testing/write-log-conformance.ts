import type { LoggedWrite, WriteLog } from '../behind/write-log.js'
import { shareConformance } from './write-log-share.js'
import { aWrite, type WriteLogSuite } from './write-log-suite.js'

const oddTexts = [
  '',
  ' ',
  '%_\'"\\',
  'nul\u0000inside',
  '\u0000',
  '\u0001',
  '\u0001d800',
  'lone \ud800',
  'lone \udfff',
  '\udc00\ud800',
  'emoji 😀',
  'é',
  'e\u0301',
  '[1,2]',
  '{"a":1}',
  'null',
  '1',
  'x'.repeat(5_000),
  '\r\n',
  '$id',
  '?1',
  '`;--',
]

const several = (count: number, from = 0) =>
  Array.from({ length: count }, (_, place) => {
    return aWrite({ id: `w${String(from + place).padStart(6, '0')}`, key: `k${place % 7}` })
  })

const idsOf = (writes: readonly LoggedWrite[]) => writes.map((write) => write.id)

/** The promises of the WriteLog port, as tests for any log. */
export function writeLogConformance(suite: WriteLogSuite): void {
  const { describe, it, make, assert, reopen, beside, silence, skip = {} } = suite
  const leaveOut = it.skip
  if (leaveOut === undefined && Object.keys(skip).length > 0)
    throw new Error(
      'writeLogConformance: this `it` has no `it.skip`, so titles in `skip` would vanish unseen; pass one.',
    )
  const test = (title: string, body: (log: WriteLog) => Promise<unknown>) => {
    const why = skip[title]
    if (why !== undefined) return leaveOut?.(`${title} (skipped: ${why})`)
    return it(title, async () => {
      const log = await make()
      const last = await body(log)
      await ((last as WriteLog | undefined) ?? log).close()
    })
  }

  describe('keeps what was appended', () => {
    test('in the order of append, with every field', async (log) => {
      const claimed = aWrite({ id: 'a', group: 'g', attempts: 3 })
      const writes = [aWrite({ id: 'b' }), claimed, aWrite({ id: 'c', payload: '' })]
      await log.append(writes.slice(0, 2))
      await log.append(writes.slice(2))
      assert.deepEqual(await log.pending(), writes)
    })

    test('nothing when nothing is appended', async (log) => {
      await log.append([])
      assert.deepEqual(await log.pending(), [])
    })

    test('from 1,000 callers at once, each list in its order', async (log) => {
      const writes = several(2_000)
      const callers = Array.from({ length: 1_000 }, (_, caller) => writes.slice(2 * caller, 2 * caller + 2))
      await Promise.all(callers.map((list) => log.append(list)))
      assert.deepEqual(idsOf(await log.pending()), idsOf(writes))
    })

    test('from callers who come while others are under way', async (log) => {
      const calls = []
      for (const write of several(100)) {
        calls.push(log.append([write]))
        await Promise.resolve()
      }
      await Promise.all(calls)
      assert.deepEqual(idsOf(await log.pending()), idsOf(several(100)))
    })

    test('with any text in any place', async (log) => {
      const writes = oddTexts.map((text, place) =>
        aWrite({
          id: `${place}${text}`,
          cache: text,
          key: text,
          operation: text,
          payload: text,
          group: text,
        }),
      )
      await log.append(writes)
      assert.deepEqual(await log.pending(), writes)
      for (const write of writes) {
        await log.bury([write.id], write.key, 1)
        assert.deepEqual(await log.dead(write.cache), [{ ...write, reason: write.key, diedAt: 1 }])
        assert.deepEqual((await log.revive(write.id))?.id, write.id)
        await log.done([write.id])
      }
      assert.deepEqual(await log.pending(), [])
    })
  })

  describe('follows a write', () => {
    test('claim gives the group and counts an attempt', async (log) => {
      await log.append(several(3))
      await log.claim('g1', ['w000000', 'w000002', 'nobody'])
      await log.claim('g2', ['w000002'])
      const pending = await log.pending()
      assert.deepEqual(
        pending.map((write) => write.group),
        ['g1', undefined, 'g2'],
      )
      assert.deepEqual(
        pending.map((write) => write.attempts),
        [1, 0, 2],
      )
    })

    test('done forgets, once or twice, and knows no unknown id', async (log) => {
      await log.append(several(3))
      await log.done(['w000001', 'nobody'])
      await log.done(['w000001'])
      await log.done([])
      assert.deepEqual(idsOf(await log.pending()), ['w000000', 'w000002'])
    })

    test('bury takes it out of pending, with reason and time', async (log) => {
      await log.append([aWrite(), aWrite({ id: 'w2', cache: 'other' })])
      await log.claim('g', ['w1'])
      await log.bury(['w1', 'nobody'], 'poison', 1_700_000_000_123)
      assert.deepEqual(idsOf(await log.pending()), ['w2'])
      const dead = { ...aWrite({ group: 'g', attempts: 1 }), reason: 'poison', diedAt: 1_700_000_000_123 }
      assert.deepEqual(await log.dead('visits'), [dead])
      assert.deepEqual(await log.dead('other'), [])
    })

    test('a dead letter is not done, claimed or buried again', async (log) => {
      await log.append([aWrite()])
      await log.bury(['w1'], 'first', 1)
      await log.claim('late', ['w1'])
      await log.done(['w1'])
      await log.bury(['w1'], 'second', 2)
      assert.deepEqual(await log.dead('visits'), [{ ...aWrite(), reason: 'first', diedAt: 1 }])
    })

    test('revive makes it pending again, as if it were new', async (log) => {
      await log.append([aWrite()])
      await log.claim('g', ['w1'])
      assert.isUndefined(await log.revive('w1'), 'alive')
      await log.bury(['w1'], 'poison', 1)
      assert.deepEqual(await log.revive('w1'), aWrite())
      assert.deepEqual(await log.pending(), [aWrite()])
      assert.deepEqual(await log.dead('visits'), [])
      assert.isUndefined(await log.revive('w1'), 'revived')
    })

    test('discard forgets a dead letter, and no other', async (log) => {
      await log.append([aWrite()])
      assert.strictEqual(await log.discard('w1'), false)
      await log.bury(['w1'], 'poison', 1)
      assert.strictEqual(await log.discard('w1'), true)
      assert.strictEqual(await log.discard('w1'), false)
      assert.deepEqual(await log.dead('visits'), [])
      assert.deepEqual(await log.pending(), [])
    })
  })

  describe('ends', () => {
    test('twice without harm, and after what is under way', async (log) => {
      const appended = log.append(several(10))
      await Promise.all([log.close(), log.close(), appended])
    })
  })

  if (beside && silence) describe('is shared by processes', () => shareConformance({ ...suite, beside, silence }, test))
  if (!reopen) return
  describe('outlives its process', () => {
    test('pending, claimed and dead writes are there again', async (log) => {
      await log.append(several(4))
      await log.claim('g', ['w000001', 'w000003'])
      await log.done(['w000000'])
      await log.bury(['w000003'], 'poison', 5)
      const before = { pending: await log.pending(), dead: await log.dead('visits') }
      const again = await reopen(log)
      assert.deepEqual({ pending: await again.pending(), dead: await again.dead('visits') }, before)
      assert.deepEqual(idsOf(before.pending), ['w000001', 'w000002'])
      await again.append(several(1, 4))
      assert.deepEqual(idsOf(await again.pending()), ['w000001', 'w000002', 'w000004'])
      return again
    })
  })
}
