import { expect } from 'chai'
import { currentWrite, type CurrentWrite } from '#core/behind/current-write.js'
import { gate, rig, soFar } from './rig.js'

const add = {
  merge: ([a]: readonly unknown[], [b]: readonly unknown[]) => [(a as number) + (b as number)],
  value: (cached: unknown, n: unknown) => ((cached as number | undefined) ?? 0) + (n as number),
}

describe('write-behind: reads of keys with pending writes', () => {
  it('W22 folds what is pending over what is cached, also while it drains', async () => {
    const { submit, writes, clock, sink } = rig({}, add)
    expect(writes.overlay('a', 5)).to.deep.equal({ kind: 'clean' })
    await submit('a', 1)
    await submit('a', 2)
    expect(writes.overlay('a', 5)).to.deep.equal({ kind: 'value', value: 8 })
    const door = gate()
    sink.hold = door.promise
    await clock.advance(1000)
    await submit('a', 10)
    expect(writes.overlay('a', undefined)).to.deep.equal({ kind: 'value', value: 13 })
    expect(writes.dirty('a')).to.equal(true)
    door.open()
    sink.hold = undefined
    await clock.advance(1000)
    expect(writes.overlay('a', 18)).to.deep.equal({ kind: 'clean' })
    expect(writes.dirty('a')).to.equal(false)
  })

  it('W22 without value, or when it throws, the key is to be flushed; flush waits for it and for no other', async () => {
    const { submit, writes, clock, sink, operation } = rig()
    const door = gate()
    sink.hold = door.promise
    await submit('a', 1)
    await submit('b', 1)
    expect(writes.overlay('a', 5)).to.deep.equal({ kind: 'flush' })
    const flushed = writes.flush('a')
    expect(await soFar(flushed)).to.equal('open')
    expect(sink.calls.map((call) => call.keys[0])).to.deep.equal(['a'])
    door.open()
    await flushed
    expect(sink.args).to.deep.equal([[1]])
    await writes.submit(
      operation({
        name: 'bad',
        value: () => {
          throw 1
        },
      }),
      'c',
      ['c'],
      [],
    )
    expect(writes.overlay('c', 5)).to.deep.equal({ kind: 'flush' })
    await clock.advance(1000)
    expect(writes.pending()).to.equal(0)
  })

  it('a key stays dirty until the cache has done what it does on done', async () => {
    const { clock, submit, writes, sink } = rig({}, add)
    const door = gate()
    sink.afterwards = door.promise
    await submit('a', 1)
    const flushed = writes.flush()
    expect(await soFar(flushed)).to.equal('open')
    expect(sink.args).to.deep.equal([[1]])
    expect(writes.dirty('a')).to.equal(true)
    door.open()
    await flushed
    expect(writes.dirty('a')).to.equal(false)
    expect(clock.timers).to.equal(0)
  })

  it('oldest is the wall time of the oldest write', async () => {
    const { clock, submit, writes } = rig({ flushEvery: 60_000 })
    expect(writes.oldest()).to.equal(undefined)
    const at = clock.now()
    await submit('a', 1)
    await clock.advance(100)
    await submit('b', 1)
    expect(writes.oldest()).to.equal(at)
  })

  it('ids sort in the order they were drawn when the wall clock jumps back', async () => {
    const { clock, submit, log } = rig({ flushEvery: 60_000 })
    for (let n = 0; n < 50; n += 1) {
      await submit(`k${n}`, n)
      clock.jumpWall(n % 3 === 0 ? -3_600_000 : 1)
    }
    const ids = (await log.pending()).map((write) => write.id)
    expect(ids).to.deep.equal([...ids].sort())
    expect(new Set(ids).size).to.equal(50)
  })

  it('currentWrite is valid until the first await, and the same id on each attempt', async () => {
    const seen: CurrentWrite[] = []
    let late: unknown
    const { writes, clock, operation } = rig()
    const one = async () => {
      seen.push(currentWrite())
      await Promise.resolve()
      try {
        currentWrite()
      } catch (error) {
        late = error
      }
      if (seen.length < 3) throw new Error('again')
    }
    const at = clock.now()
    await writes.submit(operation({ sink: { one } }), 'a', ['a', 1], [])
    await clock.advance(10_000)
    expect(seen.map((write) => write.attempt)).to.deep.equal([1, 2, 3])
    expect(new Set(seen.map((write) => write.id)).size).to.equal(1)
    expect(seen[0]).to.include({ enqueuedAt: at })
    expect(seen[0]?.key).to.deep.equal(['a', 1])
    expect((late as Error).message).to.include('first await')
    expect(() => currentWrite()).to.throw('first await')
  })
})
