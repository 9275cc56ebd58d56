import { expect } from 'chai'
import { gate, rig, RecordingSink } from './rig.js'

describe('write-behind: the event of a call', () => {
  const calls = ({ events }: ReturnType<typeof rig>) => events.filter((event) => event.type === 'write-call')
  const about = { type: 'write-call', cache: 'visits', operation: 'Users.save' }

  it('tells how many ids and writes it bore, and how long it took', async () => {
    const sink = new RecordingSink()
    const r = rig({}, { sink: { one: sink.one, many: sink.many } })
    const { promise, open } = gate()
    sink.hold = promise
    await r.submit('a', 1)
    await r.submit('a', 2)
    await r.submit('b', 1)
    await r.clock.advance(1_000)
    expect(calls(r)).to.deep.equal([])
    await r.clock.advance(30)
    open()
    await r.clock.advance(0)
    expect(calls(r)).to.deep.equal([{ ...about, calls: 2, writes: 3, ms: 30 }])
    expect(sink.calls).to.have.length(1)
  })

  it('tells each failure with what was thrown, before the retry', async () => {
    const r = rig()
    const error = new Error('down')
    let left = 1
    r.sink.fail = () => (left-- > 0 ? error : undefined)
    await r.submit('a', 1)
    await r.clock.advance(10_000)
    expect(calls(r)).to.deep.equal([
      { ...about, calls: 1, writes: 1, ms: 0, error },
      { ...about, calls: 1, writes: 1, ms: 0 },
    ])
    const order = r.events.map((event) => event.type).filter((type) => type !== 'write-enqueued')
    expect(order).to.deep.equal(['write-call', 'write-retry', 'write-call', 'write-done'])
  })

  it('tells a call beside a full buffer too', async () => {
    const r = rig({ maxPending: 1, whenFull: 'writeThrough' })
    await r.submit('a', 1)
    await r.submit('b', 1)
    expect(calls(r)).to.deep.include({ ...about, calls: 1, writes: 1, ms: 0 })
    expect(r.sink.applied.map((call) => call.keys)).to.deep.include(['b'])
  })
})
