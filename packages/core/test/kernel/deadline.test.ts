import { stat } from 'node:fs'
import { assert } from 'chai'
import { systemClock } from '#core/kernel/clock.js'
import { Deadlines } from '#core/kernel/deadline.js'
import { FakeClock } from '#core/testing/fake-clock.js'

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
    assert.isTrue(deadlines.end(b))
    await clock.advance(200)
    assert.deepEqual(late, ['a 100', 'c 160'])
    assert.isFalse(deadlines.end(b))
    assert.equal(clock.timers, 0)
  })

  it('is heard in time by who ends in the turn that a blocked event loop goes on with', async () => {
    const deadlines = new Deadlines(systemClock, 20)
    const late: string[] = []
    const wait = deadlines.begin(() => late.push('late'))
    const ended = new Promise<boolean>((resolve) => stat('.', () => resolve(deadlines.end(wait))))
    const until = performance.now() + 150
    while (performance.now() < until);
    assert.isTrue(await ended)
    assert.deepEqual(late, [])
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
    assert.isTrue(boundless.end(boundless.begin(() => assert.fail())))
    assert.equal(clock.timers, 0)
  })
})
