import type { LoggedWrite, LogMember, WriteLog } from '../behind/write-log.js'
import { aWrite, type WriteLogSuite } from './write-log-suite.js'

/** A process of the fleet that writes down what the log tells it. */
class Member implements LogMember {
  readonly told: [verb: keyof LogMember, what: readonly unknown[]][] = []
  readonly #waiting = new Map<keyof LogMember, () => void>()

  lead(writes: readonly LoggedWrite[]): void {
    this.#note('lead', writes)
  }
  arrived(writes: readonly LoggedWrite[]): void {
    this.#note('arrived', idsOf(writes))
  }
  follow(own: readonly string[]): void {
    this.#note('follow', own)
  }
  gone(ids: readonly string[]): void {
    this.#note('gone', ids)
  }

  /** What it was told last, once it has been told this since `forget`. */
  async hears(verb: keyof LogMember): Promise<readonly unknown[]> {
    const find = () => this.told.find(([one]) => one === verb)?.[1]
    for (;;) {
      const found = find()
      if (found) return found
      await new Promise<void>((resolve) => this.#waiting.set(verb, resolve))
    }
  }

  forget(): void {
    this.told.length = 0
  }

  #note(verb: keyof LogMember, what: readonly unknown[]): void {
    this.told.push([verb, what])
    this.#waiting.get(verb)?.()
    this.#waiting.delete(verb)
  }
}

interface Pair {
  readonly first: WriteLog
  readonly second: WriteLog
  readonly leader: Member
  readonly follower: Member
}

type SharedSuite = WriteLogSuite & Required<Pick<WriteLogSuite, 'beside' | 'silence'>>

const idsOf = (writes: readonly LoggedWrite[]) => writes.map((write) => write.id)

/** The promises of a log that processes share: `test` runs a body with an open log and closes it afterwards. */
export function shareConformance(
  { assert, beside, silence }: SharedSuite,
  test: (title: string, body: (log: WriteLog) => Promise<unknown>) => unknown,
): void {
  const pair = (title: string, body: (pair: Pair) => Promise<void>, before: readonly LoggedWrite[] = []) =>
    test(title, async (first) => {
      const second = await beside(first)
      const [leader, follower] = [new Member(), new Member()]
      await first.append(before)
      await first.share!(leader)
      await second.share!(follower)
      await body({ first, second, leader, follower })
      await second.close()
    })
  const refused = async (what: string, deed: Promise<unknown>) => {
    const error = await deed.then(
      () => undefined,
      (cause: unknown) => cause,
    )
    assert.strictEqual(error instanceof Error, true, `${what} is refused`)
  }
  const [w1, w2, w3] = ['w1', 'w2', 'w3'].map((id) => aWrite({ id })) as [LoggedWrite, LoggedWrite, LoggedWrite]

  pair(
    'the first leads, with all that is pending; the next stands by',
    async ({ leader, follower }) => {
      assert.deepEqual(leader.told, [['lead', [w1, w2]]])
      assert.deepEqual(follower.told, [['follow', []]])
    },
    [w1, w2],
  )

  pair('what one appends who stands by reaches the one that leads, before what that appends later', async (fleet) => {
    const { first, second, leader } = fleet
    await first.append([w1])
    await second.append([w2])
    await first.append([w3])
    assert.deepEqual(await leader.hears('arrived'), ['w2'])
    assert.deepEqual(idsOf(await first.pending()), ['w1', 'w2', 'w3'])
  })

  pair('it reaches the one that leads also when that appends nothing', async ({ second, leader }) => {
    await second.append([w1, w2])
    assert.deepEqual(await leader.hears('arrived'), ['w1', 'w2'])
  })

  pair('who stands by marks nothing', async ({ first, second }) => {
    await second.append([w1])
    await refused('claim', second.claim('g', ['w1']))
    await refused('done', second.done(['w1']))
    await refused('bury', second.bury(['w1'], 'no', 1))
    assert.deepEqual(await first.pending(), [w1])
    assert.deepEqual(await first.dead(w1.cache), [])
  })

  for (const end of ['done', 'bury'] as const) {
    pair(`who stands by hears of its own writes that are gone (${end})`, async ({ first, second, follower }) => {
      await second.append([w1, w2])
      await (end === 'done' ? first.done(['w1']) : first.bury(['w1'], 'poison', 1))
      assert.deepEqual(await follower.hears('gone'), ['w1'])
    })
  }

  pair('a dead letter that one revives who stands by reaches the one that leads', async (fleet) => {
    const { first, second, leader } = fleet
    await first.append([w1])
    await first.bury(['w1'], 'poison', 1)
    assert.strictEqual((await second.revive('w1'))?.id, 'w1')
    assert.deepEqual(await leader.hears('arrived'), ['w1'])
  })

  pair('another leads when the one that led closes, with what is pending and how far it was', async (fleet) => {
    const { first, second, follower } = fleet
    await first.append([w1, w2])
    await second.append([w3])
    await first.claim('g', ['w1'])
    await first.close()
    assert.deepEqual(await follower.hears('lead'), [{ ...w1, group: 'g', attempts: 1 }, w2, w3])
    await second.done(['w1', 'w2', 'w3'])
    assert.deepEqual(await second.pending(), [])
  })

  pair('one that was silent past its lease marks nothing, stands by, and may lead again', async (fleet) => {
    const { first, second, leader, follower } = fleet
    await first.append([w1, w2])
    leader.forget()
    const speaks = silence(first)
    assert.deepEqual(await follower.hears('lead'), [w1, w2])
    const late = [
      refused('done', first.done(['w1'])),
      refused('claim', first.claim('late', ['w1'])),
      refused('bury', first.bury(['w1'], 'late', 1)),
    ]
    speaks()
    await Promise.all(late)
    assert.deepEqual(await second.pending(), [w1, w2])
    assert.deepEqual(await leader.hears('follow'), ['w1', 'w2'])
    await first.append([w3])
    assert.deepEqual(await follower.hears('arrived'), ['w3'])
    await second.done(['w1'])
    await second.close()
    assert.deepEqual(await leader.hears('lead'), [w2, w3])
    await first.done(['w2', 'w3'])
    assert.deepEqual(await first.pending(), [])
  })
}
