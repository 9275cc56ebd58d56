import { expect } from 'chai'
import { arrivals } from '../dist/load/arrivals.js'
import { openLoop } from '../dist/load/open-loop.js'
import { alternate } from '../dist/micro/alternate.js'
import { quantile, spread } from '../dist/micro/statistics.js'
import { seeded } from '../dist/random.js'

describe('statistics of the benches', () => {
  it('knows the middle of an odd and of an even number of figures, in any order', () => {
    expect(spread([5, 1, 3])).to.deep.equal({ median: 3, low: 2, high: 4 })
    expect(spread([4, 1, 3, 2]).median).to.equal(2.5)
    expect(quantile([7], 0.99)).to.equal(7)
    expect(quantile([0, 100], 0.99)).to.equal(99)
    expect(() => quantile([], 0.5)).to.throw(RangeError)
  })

  /** Calls of the search for how many there are to be go up by four. */
  const searching = (calls) => Number.isInteger(Math.log2(calls) / 2)

  it('finds the ratio of two sides through noise that hits both and outliers that hit one', async () => {
    const random = seeded(3)
    const pair = { limit: async () => {}, ours: async () => {} }
    let runs = 0
    const { ratio } = await alternate(pair, { rounds: 401, sideMs: 1, warmMs: 0 }, async (side) => {
      const weather = 3 + 2 * Math.sin(runs++ / 40)
      return (side === pair.limit ? 100 : 250) * weather * (random() < 0.1 ? 20 : 1)
    })
    expect(ratio.median).to.be.within(2.4, 2.6)
    expect(ratio.low).to.be.at.most(ratio.median)
    expect(ratio.high).to.be.at.least(ratio.median)
  })

  it('lets the sides go first by turns, and pairs the times of one round', async () => {
    const order = []
    const speeds = { limit: 100, ours: 300 }
    const pair = { limit: async () => {}, ours: async () => {} }
    const { ratio } = await alternate(pair, { rounds: 4, sideMs: 1, warmMs: 0 }, async (side, calls) => {
      const name = side === pair.limit ? 'limit' : 'ours'
      if (searching(calls)) return speeds[name]
      order.push(name)
      return speeds[name] * 2 ** Math.ceil(order.length / 2) // each round the machine is half as fast
    })
    expect(order).to.deep.equal(['limit', 'ours', 'ours', 'limit', 'limit', 'ours', 'ours', 'limit'])
    expect(ratio).to.deep.equal({ median: 3, low: 3, high: 3 })
  })

  it('makes as many calls on each side as take about as long', async () => {
    const most = { limit: 0, ours: 0 }
    const pair = { limit: async () => {}, ours: async () => {} }
    await alternate(pair, { rounds: 1, sideMs: 2, warmMs: 0 }, async (side, calls) => {
      const name = side === pair.limit ? 'limit' : 'ours'
      most[name] = calls
      return name === 'limit' ? 200 : 20_000
    })
    expect(most).to.deep.equal({ limit: 10_000, ours: 100 })
  })

  it('lets each side run until it is warm before a run of it counts', async () => {
    const spent = { limit: 0, ours: 0 }
    const atFirstRound = []
    const pair = { limit: async () => {}, ours: async () => {} }
    await alternate(pair, { rounds: 1, sideMs: 1, warmMs: 20 }, async (side, calls) => {
      const name = side === pair.limit ? 'limit' : 'ours'
      if (calls === (name === 'limit' ? 5_000 : 50)) atFirstRound.push({ ...spent })
      spent[name] += calls * (name === 'limit' ? 200 : 20_000)
      return name === 'limit' ? 200 : 20_000
    })
    expect(atFirstRound[0].limit).to.be.at.least(20e6)
    expect(atFirstRound[0].ours).to.be.at.least(20e6)
  })
})

describe('the open loop', () => {
  it('sends as often as it was asked to, by the same seed at the same moments', () => {
    const times = arrivals(1_000, 10_000, seeded(5))
    expect(times.length).to.be.within(9_700, 10_300)
    expect(times).to.deep.equal(arrivals(1_000, 10_000, seeded(5)))
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b))
  })

  it('counts the wait from the intended arrival: a stall is felt by all who would have come during it', async () => {
    let now = 0
    const pace = { now: () => now, turn: async () => void (now += 1) }
    const times = Array.from({ length: 100 }, (_, n) => n * 10)
    const stalled = await openLoop(
      times,
      async (n) => {
        if (n === 10) now += 500
        else now += 1
      },
      pace,
    )
    expect(stalled.max).to.be.within(500, 600)
    expect(stalled.p50, 'half of them came while it stood').to.be.above(20)
    now = 0
    const smooth = await openLoop(times, async () => void (now += 1), pace)
    expect(smooth.max).to.be.within(0, 2)
  })

  it('counts what is rejected apart', async () => {
    const { requests, rejected, p50 } = await openLoop([0, 0, 0, 0], async (n) => {
      if (n % 2) throw new Error('no')
    })
    expect({ requests, rejected }).to.deep.equal({ requests: 4, rejected: 2 })
    expect(p50).to.be.at.least(0)
  })
})
