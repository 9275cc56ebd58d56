import { expect } from 'chai'
import { gate, rig } from './rig.js'

const down = (): unknown => new Error('down')

describe('write-behind: failures', () => {
  it('W5 the next write of a key waits until the failed one is done', async () => {
    const { clock, sink, submit, counts } = rig({}, { coalesce: false })
    let left = 2
    sink.fail = ([write]) => (write?.args[0] === 'a1' && left-- > 0 ? down() : undefined)
    await submit('a', 'a1')
    await submit('a', 'a2')
    await submit('b', 'b1')
    await clock.advance(10_000)
    expect(sink.args).to.deep.equal([['b1'], ['a1'], ['a2']])
    expect(counts('write-retry')).to.equal(2)
    const tries = sink.calls.filter((call) => call.args[0]?.[0] === 'a1')
    expect(new Set(tries.map((call) => call.ids[0])).size).to.equal(1)
  })

  it('W6 put then delete keep their order in batches that split', async () => {
    const { clock, sink, writes, operation } = rig({ maxBatch: 2 })
    const put = operation({ sink })
    const remove = operation({ name: 'Users.remove', sink })
    let left = 1
    sink.fail = (batch) => (batch.some((write) => write.args[0] === 'put') && left-- > 0 ? down() : undefined)
    for (const key of ['a', 'b', 'c']) {
      await writes.submit(put, key, [key], ['put'])
      await writes.submit(remove, key, [key], ['remove'])
    }
    await clock.advance(10_000)
    for (const key of ['a', 'b', 'c']) {
      const seen = sink.applied
        .flatMap((call) => call.keys.map((one, at) => [one, call.args[at]?.[0]]))
        .filter(([one]) => one === key)
      expect(seen.map(([, what]) => what)).to.deep.equal(['put', 'remove'])
    }
  })

  it('W8 a poison write dies after its attempts, others go on', async () => {
    const { clock, sink, submit, writes, counts, log } = rig({ attempts: 3 })
    sink.fail = ([write]) => (write?.key[0] === 'bad' ? down() : undefined)
    await submit('bad', 1)
    for (const key of ['a', 'b', 'c', 'd']) await submit(key, 1)
    await clock.advance(1000)
    expect(sink.applied).to.have.length(4)
    await clock.advance(60_000)
    expect(sink.calls.filter((call) => call.keys[0] === 'bad')).to.have.length(3)
    expect(counts('write-dead')).to.equal(1)
    const [dead] = await writes.deadLetters()
    expect(dead?.reason).to.equal('Error: down')
    expect(dead?.attempts).to.equal(3)
    expect(writes.pending()).to.equal(0)
    expect(await log.pending()).to.deep.equal([])
    expect(clock.timers).to.equal(0)
  })

  it('W8 one poison write alone dies as well, and its key goes on', async () => {
    const { clock, sink, submit, writes } = rig({ attempts: 2 })
    sink.fail = ([write]) => (write?.args[0] === 'bad' ? down() : undefined)
    await submit('a', 'bad')
    await clock.advance(1000)
    await submit('a', 'good')
    await clock.advance(10_000)
    expect(sink.args).to.deep.equal([['good']])
    expect(await writes.deadLetters()).to.have.length(1)
  })

  it('W8 a failing batch is halved until the poison one stands alone; done rows are not repeated', async () => {
    const { clock, sink, writes, operation } = rig({ attempts: 3, concurrency: 1 })
    const many = operation({ sink })
    sink.fail = (batch) => (batch.some((write) => write.key[0] === 'k37') ? down() : undefined)
    for (let n = 0; n < 100; n += 1) await writes.submit(many, `k${n}`, [`k${n}`], [n])
    await clock.advance(1000)
    expect(sink.args).to.have.length(99)
    expect(sink.calls.length).to.be.at.most(16)
    await clock.advance(60_000)
    expect(new Set(sink.applied.flatMap((call) => call.keys)).size).to.equal(99)
    expect(sink.args).to.have.length(99)
    const dead = await writes.deadLetters({ content: true })
    expect(dead.map((write) => write.key)).to.deep.equal(['k37'])
  })

  it('W9 a non-Error, a synchronous throw and a hostile value are failed attempts', async () => {
    for (const thrown of [
      null,
      'text',
      {
        toString() {
          throw new Error('no text')
        },
        toJSON() {
          throw new Error('no json')
        },
      },
      Symbol('s'),
    ]) {
      const { clock, sink, submit, counts, writes, operation } = rig({ attempts: 2 })
      const sync = operation({
        name: 'sync',
        sink: {
          one: () => {
            throw thrown
          },
        },
      })
      let left = 1
      sink.fail = () => (left-- > 0 ? (thrown ?? new Error('null')) : undefined)
      await submit('a', 1)
      await writes.submit(sync, 'b', ['b'], [])
      await clock.advance(60_000)
      expect(sink.args).to.deep.equal([[1]])
      expect(counts('write-dead')).to.equal(1)
    }
  })

  it('W9 an answer after the timeout is ignored', async () => {
    const { clock, sink, submit, counts, writes } = rig({ timeout: 500 })
    const door = gate()
    sink.hold = door.promise
    await submit('a', 1)
    await clock.advance(1500)
    expect(counts('write-retry')).to.equal(1)
    sink.hold = undefined
    door.open()
    await clock.advance(0)
    expect(writes.pending()).to.equal(1)
    await clock.advance(5000)
    expect(sink.calls.map((call) => call.ids[0])).to.deep.equal([sink.calls[0]?.ids[0], sink.calls[0]?.ids[0]])
    expect(counts('write-done')).to.equal(1)
    expect(writes.pending()).to.equal(0)
  })

  it('W10 while the sink is out nothing dies, tries are few, and all drains on return', async () => {
    const { clock, sink, submit, counts, writes } = rig({ maxPending: 500, whenFull: 'reject' })
    sink.fail = down
    let taken = 0
    for (let second = 0; second < 300; second += 1) {
      for (let n = 0; n < 5; n += 1)
        await submit(`k${second}-${n}`, n).then(
          () => {
            taken += 1
          },
          () => {},
        )
      await clock.advance(1000)
    }
    expect(taken).to.equal(500)
    expect(writes.pending()).to.equal(500)
    expect(counts('write-dead')).to.equal(0)
    expect(sink.calls.length).to.be.below(40)
    sink.fail = () => undefined
    await clock.advance(31_000)
    expect(writes.pending()).to.equal(0)
    expect(sink.args).to.have.length(500)
    expect(sink.widest).to.be.at.most(4)
    expect(counts('write-sink-back')).to.equal(1)
  })

  it('the rate bounds calls', async () => {
    const { clock, sink, submit } = rig({ rate: 10 })
    for (let n = 0; n < 30; n += 1) await submit(`k${n}`, n)
    await clock.advance(1000)
    expect(sink.calls).to.have.length(1)
    await clock.advance(1000)
    expect(sink.calls.length).to.be.within(10, 11)
    await clock.advance(2000)
    expect(sink.calls).to.have.length(30)
  })

  it('W8 a poison write in each batch: the sink does not count as out, the others go on, and all poison dies', async () => {
    const { writes, clock, sink, operation, counts } = rig({ attempts: 3 })
    sink.fail = (batch) => (batch.some(({ args: [n] }) => (n as number) % 10 === 9) ? new Error('poison') : undefined)
    const many = operation({ sink: { one: sink.one, many: sink.many }, maxBatch: 20, coalesce: false })
    for (let n = 0; n < 400; n += 1) await writes.submit(many, `k${n}`, [`k${n}`], [n])
    await clock.advance(1100)
    expect(sink.args, 'within the window and a tenth of a second').to.have.length(360)
    expect(counts('write-sink-out')).to.equal(0)
    await clock.advance(5000)
    expect(await writes.deadLetters()).to.have.length(40)
    expect(writes.pending()).to.equal(0)
  })

  it('W10 a sink that is out is asked with writes that are not to blame, however much poison there is', async () => {
    const { submit, clock, sink, writes, counts } = rig({ attempts: 3 })
    let out = false
    sink.fail = ([write]) => (out || (write?.args[0] as string) === 'bad' ? new Error('no') : undefined)
    for (const key of ['a', 'b', 'c', 'd']) await submit(key, key === 'a' ? 'good' : 'bad')
    await clock.advance(1000)
    out = true
    for (let n = 0; n < 20; n += 1) await submit(`k${n}`, 'good')
    await clock.advance(20_000)
    expect(counts('write-sink-out')).to.be.greaterThan(0)
    out = false
    await clock.advance(60_000)
    expect(writes.pending()).to.equal(0)
    expect(sink.args).to.have.length(21)
    expect((await writes.deadLetters({ content: true })).map(({ key }) => key).sort()).to.deep.equal(['b', 'c', 'd'])
  })
})
