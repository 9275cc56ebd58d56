import { scripts } from '@cachesmith/benchmarks/lab/scripts'
import { assert } from 'chai'
import { skipServers } from './servers.js'

describe('the scripts of Redis', () => {
  before(function () {
    if (skipServers) this.skip()
  })

  const operations = Number(process.env.CACHESMITH_OPERATIONS ?? 2_000)
  it(`C2 C4 C5 C6 C24 answer like the reference over ${operations} random verbs`, async function () {
    this.timeout(Math.max(20_000, operations * 10))
    const seed = Number(process.env.CACHESMITH_SEED ?? Date.now() % 1_000_000)
    const found = await scripts.run({ seed, trials: operations, progress: () => {} })
    assert.equal(found.trials, operations)
    assert.equal(found.violations, 0, found.first)
  })
})
