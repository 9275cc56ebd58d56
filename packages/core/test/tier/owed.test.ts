import { assert } from 'chai'
import { Owed } from '#core/tier/owed.js'

const names = (count: number) => Array.from({ length: count }, (_, index) => `name ${index}`)

describe('what is owed', () => {
  it('is each name once, keys before tags, a step at a time', () => {
    const owed = new Owed(10, 3)
    owed.add({ keys: ['a', 'b'], tags: ['t'] })
    owed.add({ keys: ['a'], tags: ['u'] })
    assert.isFalse(owed.fitsOneStep)
    assert.deepEqual(owed.take(), { keys: ['a', 'b'], tags: ['t'], all: false })
    owed.paid()
    assert.isTrue(owed.fitsOneStep)
    assert.deepEqual(owed.take(), { keys: [], tags: ['u'], all: false })
    owed.paid()
    assert.isFalse(owed.any)
  })

  it('stays owed while it is being replayed, and after a replay that failed', () => {
    const owed = new Owed()
    owed.add({ keys: ['a'] })
    owed.take()
    assert.isTrue(owed.any)
    owed.unpaid()
    assert.isTrue(owed.any)
    assert.deepEqual(owed.take().keys, ['a'])
    owed.add({ keys: ['a'] })
    owed.paid()
    assert.isTrue(owed.any, 'what was added during the replay is not paid by it')
  })

  it('becomes one clear when it is too much, and is then paid by one', () => {
    const owed = new Owed(10)
    owed.add({ keys: names(6), tags: names(5) })
    owed.add({ keys: ['another'] })
    assert.deepEqual(owed.take(), { keys: [], tags: [], all: true })
    owed.add({ keys: ['later'] })
    owed.unpaid()
    assert.deepEqual(owed.take(), { keys: [], tags: [], all: true })
    owed.paid()
    assert.isFalse(owed.any)
  })
})
