import { expect } from 'chai'
import { WriteBehindError } from '#core/kernel/errors.js'
import { memoryWriteLog } from '#core/behind/memory-log.js'
import { gate, rejection, rig, soFar } from './rig.js'

describe('write-behind: what is taken', () => {
  it('W11 reject', async () => {
    const { submit, clock, sink, writes } = rig({ maxPending: 2, whenFull: 'reject' })
    sink.hold = gate().promise
    await submit('a', 1)
    await submit('b', 1)
    expect(await rejection(submit('c', 1))).to.be.instanceOf(WriteBehindError)
    expect(writes.pending()).to.equal(2)
    await clock.advance(0)
  })

  it('W11 wait: in as soon as there is room, in order, and one second at most', async () => {
    const { submit, clock, sink } = rig({ maxPending: 2, whenFull: 'wait', concurrency: 1 })
    const door = gate()
    sink.hold = door.promise
    await submit('a', 1)
    await submit('b', 1)
    const late = submit('c', 1)
    const refused = rejection(late)
    await clock.advance(999)
    expect(await soFar(late)).to.equal('open')
    await clock.advance(1)
    expect(await refused).to.be.instanceOf(WriteBehindError)
    const d1 = submit('d', 1)
    const d2 = submit('d', 2)
    sink.hold = undefined
    door.open()
    await clock.advance(0)
    await d1
    await d2
    await clock.advance(1000)
    expect(sink.args.at(-1)).to.deep.equal([2])
    expect(sink.calls.flatMap((call) => call.keys)).not.to.include('c')
    expect(clock.timers).to.equal(0)
  })

  it('W11 wait: no more are let in than there is room for', async () => {
    const { submit, clock, sink, writes } = rig({ maxPending: 2, concurrency: 1 })
    const all = Array.from({ length: 10 }, (_, n) => submit(`k${n}`, n))
    let most = 0
    sink.fail = () => void (most = Math.max(most, writes.pending()))
    await clock.advance(500)
    await Promise.all(all)
    expect(most).to.equal(2)
    await clock.advance(1000)
    expect(sink.args).to.have.length(10)
  })

  it('W11 writeThrough: the sink itself, behind the pending ones of its key, its error to the caller', async () => {
    const { submit, clock, sink, writes, log } = rig({ maxPending: 2, whenFull: 'writeThrough' })
    const door = gate()
    sink.hold = door.promise
    await submit('a', 1)
    await submit('b', 1)
    const through = submit('a', 2)
    await clock.advance(0)
    expect(sink.calls.map((call) => call.args[0])).to.deep.equal([[1], [1]])
    sink.hold = undefined
    door.open()
    await through
    expect(sink.calls.filter((call) => call.keys[0] === 'a').map((call) => call.args[0])).to.deep.equal([[1], [2]])
    expect(await log.pending()).to.deep.equal([])
    await submit('a', 3)
    await submit('b', 3)
    const boom = new Error('boom')
    sink.fail = ([write]) => (write?.key[0] === 'c' ? boom : undefined)
    expect(await rejection(submit('c', 4))).to.equal(boom)
    await clock.advance(5000)
    expect(writes.pending()).to.equal(0)
  })

  it('W14 close drains to its deadline and says what is left, which stays in the log', async () => {
    const { submit, clock, sink, writes, log, restart } = rig({ concurrency: 1 }, { coalesce: false })
    for (let n = 0; n < 10; n += 1) await submit(`k${n}`, n)
    let door = gate()
    sink.fail = () => {
      door = gate()
      sink.hold = door.promise
      return undefined
    }
    const closing = writes.close(5000)
    await clock.advance(4999)
    expect(await soFar(closing)).to.equal('open')
    await clock.advance(1)
    const { left } = await closing
    expect(left).to.equal(9)
    expect((await log.pending()).length).to.equal(9)
    expect(await writes.close(1)).to.deep.equal({ left: 9 })
    expect(clock.timers).to.equal(1) // the time limit of the call under way
    const next = restart()
    next.writes.bind(next.operation())
    await next.writes.open()
    await clock.advance(1000)
    expect(new Set([...sink.args, ...next.sink.args].map(([n]) => n)).size).to.equal(10)
    expect((await next.writes.close(1000)).left).to.equal(0)
  })

  it('W14 close with nothing pending ends at once; with a sink that works before its deadline', async () => {
    const { submit, writes, clock } = rig()
    await submit('a', 1)
    expect(await writes.close(60_000)).to.deep.equal({ left: 0 })
    expect(clock.timers).to.equal(0)
    expect(await rig().writes.close(10)).to.deep.equal({ left: 0 })
  })

  it('W15 a call after close, and one that waits for room then, rejects', async () => {
    const { submit, writes, clock, sink } = rig({ maxPending: 1 })
    sink.hold = gate().promise
    await submit('a', 1)
    const waiting = rejection(submit('b', 1))
    const closing = writes.close(100)
    expect(await waiting).to.be.instanceOf(WriteBehindError)
    expect(await rejection(submit('c', 1))).to.be.instanceOf(WriteBehindError)
    await clock.advance(100)
    expect(await closing).to.deep.equal({ left: 1 })
  })

  it('W21 arguments that the codec would lose are refused with their path', async () => {
    const { submit, writes } = rig()
    const error = await rejection(submit('a', { deep: [() => 1] }))
    expect(error).to.be.instanceOf(WriteBehindError)
    expect(error.message).to.include('args[0].deep[0]')
    expect(writes.pending()).to.equal(0)
  })

  it('W12 a log that refuses: the call rejects, nothing is left of it, older and newer writes go on', async () => {
    const log = memoryWriteLog()
    const append = log.append.bind(log)
    const { submit, writes, clock, sink } = rig({}, {}, log)
    await submit('a', 1)
    log.append = async () => {
      throw new Error('disk full')
    }
    const refused = submit('a', 2)
    expect(writes.pending()).to.equal(2)
    expect((await rejection(refused)).cause).to.have.property('message', 'disk full')
    expect(writes.pending()).to.equal(1)
    log.append = append
    await clock.advance(1000)
    expect(sink.args).to.deep.equal([[1]])
  })

  it('a write whose ack is under way does not drain, and holds up none before it', async () => {
    const log = memoryWriteLog()
    const append = log.append.bind(log)
    const { submit, clock, sink } = rig({}, {}, log)
    await submit('a', 1)
    const door = gate()
    log.append = async (writes) => {
      await door.promise
      return append(writes)
    }
    const slow = submit('a', 2)
    await clock.advance(5000)
    expect(sink.args).to.deep.equal([[1]])
    door.open()
    await slow
    await clock.advance(0)
    expect(sink.args).to.deep.equal([[1], [2]])
  })

  it('marks that the log refuses are left again; the sink is not called twice for it', async () => {
    const log = memoryWriteLog()
    const done = log.done.bind(log)
    let failures = 2
    log.done = async (ids) => {
      if (failures-- > 0) throw new Error('busy')
      return done(ids)
    }
    const { submit, clock, sink, writes, counts } = rig({}, {}, log)
    await submit('a', 1)
    await clock.advance(1000)
    expect(writes.pending()).to.equal(1)
    expect(writes.dirty('a')).to.equal(false)
    expect(writes.overlay('a', 1)).to.deep.equal({ kind: 'clean' })
    await clock.advance(5000)
    expect(sink.calls).to.have.length(1)
    expect(writes.pending()).to.equal(0)
    expect(counts('write-log-failed')).to.equal(2)
  })
})
