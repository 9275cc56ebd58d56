import { expect } from 'chai'
import { gate, rig } from './rig.js'

const sum = { merge: ([a]: readonly unknown[], [b]: readonly unknown[]) => [(a as number) + (b as number)] }

describe('write-behind: restarts and dead letters', () => {
  it('W2/W3 a claimed group runs again as it was, under its id; what came later stays apart', async () => {
    const first = rig({}, sum)
    first.sink.hold = gate().promise
    await first.submit('a', 1)
    await first.submit('a', 2)
    await first.clock.advance(1000)
    await first.submit('a', 10)
    await first.submit('a', 20)
    const second = first.restart()
    await second.writes.open()
    expect(second.writes.pending()).to.equal(4)
    second.writes.bind(second.operation())
    await second.clock.advance(10_000)
    expect(second.sink.args).to.deep.equal([[3], [30]])
    expect(second.sink.calls[0]?.ids).to.deep.equal(first.sink.calls[0]?.ids)
    expect(await second.log.pending()).to.deep.equal([])
  })

  it('W2/W22 a read of a key whose call was cut off flushes it first: its sink may have it', async () => {
    const value = (cached: unknown, n: unknown) => (cached as number) + (n as number)
    const first = rig({}, { value })
    first.sink.hold = gate().promise
    await first.submit('a', 1)
    await first.clock.advance(1000)
    await first.submit('b', 1)
    const { writes, operation } = first.restart()
    await writes.open()
    writes.bind(operation())
    expect(writes.overlay('a', 5)).to.deep.equal({ kind: 'flush' })
    expect(writes.overlay('b', 5)).to.deep.equal({ kind: 'value', value: 6 })
  })

  it('W19 what is not bound is parked with an event, keeps its place, and a flush does not wait for it', async () => {
    const first = rig({ flushEvery: 60_000 })
    await first.submit('a', 'old')
    await first.submit('b', 'old')
    const { writes, operation, sink, counts, clock, events } = first.restart()
    const renamed = operation({ name: 'Users.store' })
    writes.bind(renamed)
    await writes.open()
    expect(counts('write-parked')).to.equal(1)
    expect(events[0]).to.include({ type: 'write-parked', operation: 'Users.save', writes: 2, cache: 'visits' })
    await writes.submit(renamed, 'a', ['a'], ['new'])
    await writes.submit(renamed, 'c', ['c'], ['new'])
    await writes.flush()
    expect(sink.args).to.deep.equal([['new']])
    expect(writes.pending()).to.equal(3)
    writes.bind(operation())
    await clock.advance(1000)
    expect(sink.args.slice(1).sort()).to.deep.equal([['new'], ['old'], ['old']])
    expect(sink.applied.filter((call) => call.keys[0] === 'a').map((call) => call.args[0])).to.deep.equal([
      ['old'],
      ['new'],
    ])
  })

  it('W20 an older payload is raised; without an upcaster it is parked, and nothing crashes', async () => {
    const first = rig({ flushEvery: 60_000 })
    await first.submit('a', 1)
    const { writes, operation, sink, counts, restart, clock } = first.restart()
    await writes.open()
    writes.bind(operation({ payloadVersion: 2 }))
    await clock.advance(60_000)
    expect([sink.calls.length, counts('write-parked'), writes.pending()]).to.deep.equal([0, 2, 1])
    const third = restart()
    await third.writes.open()
    third.writes.bind(third.operation({ payloadVersion: 2, upcast: ([n], from) => [{ n, from }] }))
    await clock.advance(0)
    expect(third.sink.args).to.deep.equal([[{ n: 1, from: 1 }]])
  })

  it('a restart on recovered writes comes before new ones of the same key', async () => {
    const first = rig({ flushEvery: 60_000 }, { coalesce: false })
    await first.submit('a', 1)
    await first.submit('a', 2)
    const second = first.restart()
    const third = second.submit('a', 3)
    await third
    await second.clock.advance(60_000)
    expect(second.sink.args).to.deep.equal([[1], [2], [3]])
  })

  it('W8 dead letters are replayed under their own id, or discarded; ids of others are left alone', async () => {
    const { clock, submit, sink, writes, log } = rig({ attempts: 1 })
    sink.fail = ([write]) => ((write?.key[0] as string) < 'c' ? new Error('down') : undefined)
    for (const key of ['c', 'a', 'b']) await submit(key, key)
    await clock.advance(60_000)
    const dead = await writes.deadLetters({ content: true })
    expect(dead.map((write) => write.key).sort()).to.deep.equal(['a', 'b'])
    const [one, two] = dead
    const other = rig({}, {}, log, clock, 'other')
    expect(await other.writes.deadLetters()).to.deep.equal([])
    expect(await other.writes.discard(one?.id ?? '')).to.equal(false)
    expect(await other.writes.replay(one?.id ?? '')).to.equal(false)
    sink.fail = () => undefined
    expect(await writes.replay(one?.id ?? '')).to.equal(true)
    expect(await writes.replay(one?.id ?? '')).to.equal(false)
    expect(await writes.discard(two?.id ?? '')).to.equal(true)
    expect(await writes.discard('none')).to.equal(false)
    await clock.advance(0)
    expect(sink.applied.at(-1)).to.deep.include({ ids: [one?.id], args: [[one?.key]] })
    expect([await log.pending(), await writes.deadLetters(), writes.pending()]).to.deep.equal([[], [], 0])
  })

  it('a log that does not open rejects writes, and open may be tried again', async () => {
    const { log, submit, writes } = rig()
    const pending = log.pending.bind(log)
    log.pending = async () => {
      throw new Error('corrupt')
    }
    expect(await submit('a', 1).catch((error) => error.message)).to.include('corrupt')
    log.pending = pending
    await submit('a', 1)
    expect(writes.pending()).to.equal(1)
  })
})
