import { stat } from 'node:fs'
import { assert } from 'chai'
import { systemClock } from '#core/kernel/clock.js'
import { Deadlines } from '#core/kernel/deadline.js'
import { FakeClock } from '#core/testing/fake-clock.js'

/** A clock that shows what it is set to, and timers that ring when they are told to, as late as that may be. */
function byHand() {
  const at = { ms: 0 }
  const timers: { at: number; run: () => void }[] = []
  const after = (ms: number, run: () => void) => {
    timers.push({ at: at.ms + ms, run })
    return { stop: () => {} }
  }
  return { at, timers, clock: { now: () => at.ms, monotonic: () => at.ms, after } }
}

describe('one bound on many waits', () => {
  it('falls due for each at its own time, by one timer', async () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock, 100)
    const late: string[] = []
    const begin = (name: string) => deadlines.begin(() => late.push(`${name} ${clock.monotonic()}`))
    begin('a')
    await clock.advance(30)
    const b = begin('b')
    await clock.advance(30)
    begin('c')
    assert.equal(clock.timers, 1)
    assert.equal(deadlines.end(b), 'in time')
    await clock.advance(200)
    assert.deepEqual(late, ['a 100', 'c 160'])
    assert.equal(deadlines.end(b), 'late')
    assert.equal(clock.timers, 0)
  })

  it('is heard in time by who ends in the turn that a blocked event loop goes on with', async () => {
    const deadlines = new Deadlines(systemClock, 20)
    const late: string[] = []
    const wait = deadlines.begin(() => late.push('late'))
    const ended = new Promise<string>((resolve) => stat('.', () => resolve(deadlines.end(wait))))
    const until = performance.now() + 150
    while (performance.now() < until);
    assert.equal(await ended, 'in time')
    assert.deepEqual(late, [])
  })

  it('is on silence for who waits behind others that are answered, up to five times', async () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock, 100)
    const late: string[] = []
    const begin = (name: string) => deadlines.begin(() => late.push(`${name} ${clock.monotonic()}`))
    const before = Array.from({ length: 6 }, () => begin('before'))
    const last = begin('last')
    const ended: string[] = []
    for (const wait of before.slice(0, 3)) {
      await clock.advance(90)
      ended.push(deadlines.end(wait))
    }
    assert.deepEqual(ended, ['in time', 'behind', 'behind'])
    assert.deepEqual(late, [])
    await clock.advance(100)
    assert.deepEqual(late, ['before 370', 'before 370', 'before 370', 'last 370'])
    assert.equal(deadlines.end(last), 'late')

    late.length = 0
    const more = Array.from({ length: 6 }, () => begin('more'))
    for (const wait of more) {
      await clock.advance(90)
      deadlines.end(wait)
    }
    assert.deepEqual(late, ['more 870'])
  })

  it('is from the beginning for who was overtaken, and for whom nobody was answered', async () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock, 100)
    const late: string[] = []
    const begin = (name: string) => deadlines.begin(() => late.push(`${name} ${clock.monotonic()}`))
    begin('overtaken')
    const quick = begin('quick')
    await clock.advance(50)
    deadlines.end(quick)
    await clock.advance(200)
    begin('alone')
    await clock.advance(200)
    assert.deepEqual(late, ['overtaken 100', 'alone 350'])
  })

  it('counts no time in which the process was blocked, up to a quarter more', async () => {
    const { at, timers, clock } = byHand()
    const deadlines = new Deadlines(clock, 100)
    const late: number[] = []
    deadlines.begin(() => late.push(at.ms))
    const rings: number[] = []
    for (let timer = timers.shift(); timer !== undefined; timer = timers.shift()) {
      // Each time the loop comes to its timers 60 ms late.
      at.ms = timer.at + 60
      rings.push(at.ms)
      timer.run()
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.deepEqual(rings, [160, 245])
    assert.deepEqual(late, [245])
  })

  it('is not held against who is answered when a blocked process listens again, but against who was late before', async () => {
    const { at, timers, clock } = byHand()
    const deadlines = new Deadlines(clock, 100)
    const begin = () => deadlines.begin(() => assert.fail('late'))
    const [first, second, third, fourth] = [begin(), begin(), begin(), begin()]
    at.ms = 90
    assert.equal(deadlines.end(first), 'in time')
    // The timer rings in time: the others fell due, but wait in a queue.
    at.ms = 100
    timers.shift()!.run()
    at.ms = 150
    assert.equal(deadlines.end(second), 'behind')
    const young = begin()
    // Blocked from here on: nothing is heard, and the timer of 190 rings late.
    at.ms = 700
    assert.equal(deadlines.end(young), 'in time')
    timers.shift()!.run()
    at.ms = 710
    assert.equal(deadlines.end(third), 'behind')
    at.ms = 760
    assert.equal(deadlines.end(fourth), 'behind')
  })

  it('leaves no timer once it is closed and nobody waits, and makes none without a bound', () => {
    const clock = new FakeClock()
    const deadlines = new Deadlines(clock, 100)
    deadlines.end(deadlines.begin(() => {}))
    const wait = deadlines.begin(() => {})
    deadlines.close()
    assert.equal(clock.timers, 1)
    deadlines.end(wait)
    assert.equal(clock.timers, 0)
    const boundless = new Deadlines(clock, Infinity)
    assert.equal(boundless.end(boundless.begin(() => assert.fail())), 'in time')
    assert.equal(clock.timers, 0)
  })
})
