import { assert } from 'chai'
import { fleet } from '../dist/lab/fleet.js'
import { outage } from '../dist/lab/outage.js'
import { scriptsOn } from '../dist/lab/scripts.js'
import { stampede } from '../dist/lab/stampede.js'
import { zombieWrites } from '../dist/lab/zombie-writes.js'

const seed = Number(process.env.CACHESMITH_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A short run; what is told when it fails begins with its seed. */
async function short(lab, asked) {
  const steps = []
  const found = await lab.run({ seed, trials: lab.trials, progress: (done) => steps.push(done), ...asked })
  assert.isNotEmpty(steps, 'it shows progress')
  assert.isAbove(found.trials, 0)
  return found
}

describe(`labs on a real Redis, seed ${seed}`, () => {
  before(function () {
    if (process.env.CACHESMITH_SKIP_SERVERS === '1') this.skip()
  })

  it('R5: no write that lands after its time is served', async () => {
    const found = await short(zombieWrites, { trials: 100, seconds: 6 })
    assert.equal(found.violations, 0, found.first)
  }).timeout(30_000)

  it('C2: the scripts lab finds a store that is not as its reference, and says where', async () => {
    const forgetful = (store) => ({
      open: () => store.open(),
      close: () => store.close(),
      cache(scope) {
        const cache = store.cache(scope)
        cache.evictTags = async () => {}
        return cache
      },
    })
    const { violations, first } = await short(scriptsOn(forgetful), { trials: 5_000 })
    assert.isAbove(violations, 0)
    const [, alone] = /^seed (\d+) \(--seed \1 --trials 100\): .+ Redis says .+, the reference .+\n/.exec(first)
    const again = await short(scriptsOn(forgetful), { seed: Number(alone), trials: 100 })
    assert.equal(again.first, first)
  }).timeout(30_000)

  it('G5: one load of one key in one lease', async () => {
    const found = await short(stampede, { trials: 4, seconds: 8 })
    assert.equal(found.figures.G5, 1, found.first)
  }).timeout(60_000)

  it('G3: nothing older than 1 s in a fleet', async () => {
    const found = await short(fleet, { seconds: 8 })
    assert.equal(found.violations, 0, found.first)
  }).timeout(60_000)

  // What a busy machine adds to each call is no fault of the cache: bounds are judged by the lab itself, not here.
  it('G14 to G17: nothing fails and nothing old is served in an outage', async () => {
    const found = await short(outage, { trials: 2, seconds: 8 })
    assert.hasAllKeys(found.figures, ['G14', 'G15', 'G16', 'G17'])
    for (const row of found.rows) {
      assert.equal(row.older, 0, `${row.outage}: ${found.first}`)
      assert.equal(row.rejected, 0, `${row.outage}: ${found.first}`)
    }
    assert.isBelow(found.figures.G16, 4_000)
  }).timeout(60_000)
})
