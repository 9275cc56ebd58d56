import { expect } from 'chai'
import { memoryWriteLog } from '#core/behind/memory-log.js'
import type { WriteLog } from '#core/behind/write-log.js'
import { gate, rejection, rig, soFar } from './rig.js'

/** A log that says it is durable, and answers when it is told to. */
function slowLog() {
  const memory = memoryWriteLog()
  const lists: string[][] = []
  const log: WriteLog = {
    ...memory,
    durable: true,
    async append(writes) {
      lists.push(writes.map(({ operation, payload }) => `${operation} ${payload}`))
      await slow.door
      if (slow.fail) throw slow.fail
      return memory.append(writes)
    },
  }
  const slow = { log, lists, door: undefined as Promise<void> | undefined, fail: undefined as Error | undefined }
  return slow
}

describe('write-behind: writes of one moment', () => {
  it('go to a durable log in one list, in their order, and are acknowledged once it has them', async () => {
    const slow = slowLog()
    const { writes, operation, clock, sink } = rig({}, {}, slow.log)
    await writes.open()
    const other = operation({ name: 'Users.remove' })
    const door = gate()
    slow.door = door.promise
    const all = [1, 2, 3].map((n) => writes.submit(n === 2 ? other : operation(), `k${n}`, [`k${n}`], [n]))
    expect(writes.pending()).to.equal(3)
    expect(await soFar(Promise.race(all))).to.equal('open')
    expect(slow.lists).to.deep.equal([
      ['Users.save [["k1"],[1]]', 'Users.remove [["k2"],[2]]', 'Users.save [["k3"],[3]]'],
    ])
    await clock.advance(2000)
    expect(sink.calls).to.have.length(0)
    door.open()
    await Promise.all(all)
    await clock.advance(2000)
    expect(sink.args.sort()).to.deep.equal([[1], [2], [3]])
    expect(await slow.log.pending()).to.deep.equal([])
  })

  it('are bounded: what is too much for one list goes at once, and order stays', async () => {
    const slow = slowLog()
    const { submit, writes } = rig({}, {}, slow.log)
    await writes.open()
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => submit(`k${n}`, n)))
    expect(slow.lists.map((list) => list.length)).to.deep.equal([500, 500, 200])
    expect(slow.lists.flat()).to.deep.equal(Array.from({ length: 1_200 }, (_, n) => `Users.save [["k${n}"],[${n}]]`))
  })

  it('refused together: each caller hears of its own method, nothing of them is left, those before and after go on (W12)', async () => {
    const slow = slowLog()
    const { writes, operation, clock, sink, counts } = rig({}, {}, slow.log)
    await writes.open()
    const save = operation()
    const remove = operation({ name: 'Users.remove' })
    const send = (of: typeof save, key: string, n: number) => writes.submit(of, key, [key], [n])
    await send(save, 'a', 1)
    slow.fail = new Error('disk full')
    const refused = [send(save, 'a', 2), send(remove, 'a', 3), send(save, 'b', 4)].map(rejection)
    const messages = (await Promise.all(refused)).map((error) => error.message)
    expect(messages.map((text) => /Users\.\w+/.exec(text)?.[0])).to.deep.equal([
      'Users.save',
      'Users.remove',
      'Users.save',
    ])
    expect(writes.pending()).to.equal(1)
    expect(writes.dirty('b')).to.equal(false)
    expect(counts('write-log-failed')).to.equal(1)
    slow.fail = undefined
    await send(save, 'a', 5)
    await clock.advance(1000)
    expect(sink.args).to.deep.equal([[5]])
    expect(counts('write-enqueued') + counts('write-coalesced')).to.equal(2)
  })

  it('of one key, 20,000 that are kept each: all are in the log, in the order of their calls', async () => {
    const slow = slowLog()
    const { writes, operation } = rig({ maxPending: 100_000 }, { coalesce: false }, slow.log)
    await writes.open()
    const each = operation()
    const batch = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => writes.submit(each, 'k', ['k'], [n])))
    await batch(20_000)
    expect(writes.pending()).to.equal(20_000)
    const first = await slow.log.pending()
    expect(first.map(({ payload }) => payload)).to.deep.equal(
      Array.from({ length: 20_000 }, (_, n) => `[["k"],[${n}]]`),
    )
    expect(first.map(({ id }) => id)).to.deep.equal(first.map(({ id }) => id).sort())
  })
})
