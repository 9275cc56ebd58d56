import { assert } from 'chai'
import { freezeFlat, shareJson } from '#core/entry/share.js'
import { weigh } from '#core/entry/weigh.js'

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

describe('a value that holds no other object', () => {
  it('is frozen, and weighs what it weighs', () => {
    const flat = { id: 'u1', age: 7, big: 12_345n, on: true, none: null, nothing: undefined, mark: Symbol('m') }
    const expected = weigh({ ...flat })
    assert.equal(freezeFlat(flat), expected)
    assert.isTrue(Object.isFrozen(flat))
    for (const primitive of ['text', 7, 7n, true, null, undefined])
      assert.equal(freezeFlat(primitive), weigh(primitive))
  })

  it('is none of these, to which nothing is done', () => {
    class Row {
      id = 1
    }
    const others = [
      [1],
      { a: {} },
      { a: [] },
      { run: () => 1 },
      new Row(),
      Object.create(null),
      new Date(0),
      new Map(),
      new Uint8Array(2),
      Object.setPrototypeOf([1], Object.prototype),
      Object.setPrototypeOf(new Uint8Array(2), Object.prototype),
    ]
    for (const other of others) {
      assert.isUndefined(freezeFlat(other))
      assert.isFalse(Object.isFrozen(other))
    }
  })
})
