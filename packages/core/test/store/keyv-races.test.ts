import { assert } from 'chai'
import type { Faults } from './scheduled-adapter.js'
import { type Plot, World } from './world.js'

/** Runs so many worlds; answers in which one a stale value was served, and how many hits there were. */
async function explore(
  worlds: number,
  seed: number,
  faults: Faults,
  frozen?: RegExp,
  plot?: Plot,
): Promise<{ stale: string | undefined; hits: number; expired: number }> {
  let [hits, expired] = [0, 0]
  for (let world = 0; world < worlds; world++) {
    const one = new World(seed + world, faults, frozen, plot)
    try {
      await one.run()
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('stale'))
        return { stale: `seed ${seed + world}: ${error.message}`, hits, expired }
      throw error
    }
    hits += one.hits
    expired += one.expired
  }
  return { stale: undefined, hits, expired }
}

const seed = Number(process.env.CACHESMITH_SEED ?? 1)

describe('the order of operations on a plain Keyv (G1)', function () {
  this.timeout(120_000)

  it('serves nothing stale in 4,000 seeded interleavings', async () => {
    const { stale, hits, expired } = await explore(4_000, seed, { fails: 0, loses: 0 })
    assert.isUndefined(stale)
    assert.isAbove(hits, 1_500)
    assert.isAbove(expired, 150)
  })

  it('nor in 2,000 with failures of unknown outcome, late writes and lost keys', async () => {
    const { stale, hits } = await explore(2_000, seed + 1_000_000, { fails: 0.03, loses: 0.02 })
    assert.isUndefined(stale)
    assert.isAbove(hits, 300)
  })

  it('nor in 2,000 of puts that invalidate what they bear, while others do', async () => {
    const { stale, hits } = await explore(2_000, seed + 2_000_000, { fails: 0, loses: 0 }, undefined, 'puts')
    assert.isUndefined(stale)
    assert.isAbove(hits, 300)
  })

  for (const [without, frozen] of [
    ["a key's token", /:k:/],
    ["a tag's token", /:t:/],
    ['a token of the cache', /:z$/],
  ] as const) {
    it(`is caught at once when it goes without ${without}`, async () => {
      assert.match((await explore(10_000, seed, { fails: 0, loses: 0 }, frozen)).stale ?? 'not caught', /stale/)
    })
  }
})
