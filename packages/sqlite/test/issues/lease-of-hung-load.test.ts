import { assert } from 'chai'
import { held, inWorlds, never } from '../scenario-worlds.js'

describe('the lease of a load that never settles', () => {
  inWorlds('ends with the loadTimeout: another process loads and keeps the key within a lease', async (w) => {
    const [here, there] = [w.process({ loadTimeout: '1s' }), w.process()]
    const hung = held('late')
    const asked = here.users.getOrLoad('a', hung.load).catch((error: Error) => error.name)
    await hung.began
    assert.strictEqual(await w.until(asked), 'LoadTimeoutError')
    await w.pass(2_000)
    assert.strictEqual(await w.until(there.users.getOrLoad('a', () => 'new')), 'new')
    assert.deepEqual(there.refused, [])
    assert.strictEqual(await there.users.getOrLoad('a', never), 'new')
    assert.isAtMost(w.clock.timers, 1, 'nothing is renewed any more')
    hung.end()
  })
})
