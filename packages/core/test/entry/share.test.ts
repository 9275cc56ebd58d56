import { assert } from 'chai'
import { shareJson } from '#core/entry/share.js'

describe('a value from JSON that several share', () => {
  it('is frozen through and through', () => {
    const value = { list: [1, { deep: [null, 'x'] }], none: null, empty: {}, text: 'x' }
    assert.equal(shareJson(value, 'freeze').value, value)
    const parts = [value, value.list, value.list[1], (value.list[1] as { deep: unknown }).deep, value.empty]
    assert.isTrue(parts.every((part) => Object.isFrozen(part)))
  })

  it('is frozen alone: nothing that it inherits', () => {
    const inherited = { mine: true }
    const polluted = Object.prototype as { polluted?: unknown }
    polluted.polluted = inherited
    try {
      shareJson({ a: { b: 1 } }, 'freeze')
    } finally {
      delete polluted.polluted
    }
    assert.isFalse(Object.isFrozen(inherited))
  })
})
