import { assert } from 'chai'
import { FakeClock } from '#core/testing/fake-clock.js'
import { Breaker } from '#core/tier/breaker.js'

describe('a breaker', () => {
  const make = () => {
    const clock = new FakeClock()
    const store = { alive: false, probes: 0 }
    const probe = async () => {
      store.probes++
      return store.alive
    }
    return { clock, store, probe, breaker: new Breaker(clock, 5, 100, 500, () => 0) }
  }

  it('opens after five failures in a row, not before', () => {
    const { breaker, probe } = make()
    for (let times = 0; times < 4; times++) breaker.failed(probe)
    breaker.succeeded()
    for (let times = 0; times < 4; times++) breaker.failed(probe)
    assert.isFalse(breaker.open)
    breaker.failed(probe)
    assert.isTrue(breaker.open)
  })

  it('opens at once for a call without answer in a silence, and counts those among answers as one failure', () => {
    const { breaker, probe } = make()
    const { answers } = breaker
    breaker.succeeded()
    for (let times = 0; times < 200; times++) breaker.late(answers, probe)
    assert.isFalse(breaker.open)
    for (let times = 0; times < 3; times++) breaker.failed(probe)
    assert.isFalse(breaker.open)
    breaker.failed(probe)
    assert.isTrue(breaker.open, 'one and four')
    breaker.succeeded()
    breaker.late(breaker.answers, probe)
    assert.isTrue(breaker.open, 'silence')
  })

  it('lets answers past their time be for a second, and opens then; one in time begins anew', async () => {
    const { breaker, clock, probe } = make()
    const pass = async (ms: number) => {
      await clock.advance(ms)
      breaker.answered('behind', probe)
      return breaker.open
    }
    assert.isFalse(await pass(0))
    assert.isFalse(await pass(999))
    breaker.succeeded()
    assert.isFalse(await pass(1))
    assert.isFalse(await pass(999))
    assert.isTrue(await pass(1))
    breaker.answered('behind', probe)
    assert.isTrue(breaker.open, 'only an answer in time closes it')
    breaker.succeeded()
    assert.isFalse(await pass(0))
  })

  it('opens at once for a store out of reach, and asks after 100, 200, 400, 500 ms, never more rarely', async () => {
    const { breaker, clock, store, probe } = make()
    breaker.trip(probe)
    assert.isTrue(breaker.open)
    for (const pause of [100, 200, 400, 500, 500]) {
      const { probes } = store
      await clock.advance(pause - 1)
      assert.equal(store.probes, probes)
      await clock.advance(1)
      assert.equal(store.probes, probes + 1)
    }
    store.alive = true
    await clock.advance(500)
    assert.isFalse(breaker.open)
    assert.equal(clock.timers, 0)
  })

  it('closes at a late success, and a probe that is under way opens nothing again', async () => {
    const { breaker, clock } = make()
    let answer = (_alive: boolean) => {}
    breaker.trip(() => new Promise((resolve) => (answer = resolve)))
    await clock.advance(100)
    breaker.succeeded()
    answer(false)
    await clock.advance(10_000)
    assert.isFalse(breaker.open)
    assert.equal(clock.timers, 0)
  })

  it('R23 asks no more after its end', async () => {
    const { breaker, clock, store, probe } = make()
    breaker.trip(probe)
    breaker.end()
    breaker.trip(probe)
    await clock.advance(10_000)
    assert.equal(store.probes, 0)
    assert.equal(clock.timers, 0)
  })
})
