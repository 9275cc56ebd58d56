import { assert } from 'chai'
import { ByKey } from '#core/flight/by-key.js'

describe('lists by key', () => {
  it('hold what was added under each key, and count the keys that have something', () => {
    const lists = new ByKey<number>()
    lists.add('a', 1)
    lists.add('a', 2)
    lists.add('b', 3)
    assert.deepEqual([lists.get('a'), lists.get('b'), lists.get('c')], [[1, 2], [3], []])
    assert.equal(lists.size, 2)
    lists.delete('a', 1)
    lists.delete('a', 9)
    lists.delete('c', 1)
    assert.deepEqual(lists.get('a'), [2])
    lists.delete('a', 2)
    lists.delete('a', 2)
    assert.equal(lists.size, 1)
    lists.add('a', 4)
    lists.deleteAll('a')
    lists.deleteAll('a')
    assert.equal(lists.size, 1)
    lists.clear()
    assert.deepEqual([lists.size, lists.get('b').length], [0, 0])
  })

  it('keep few of the empty ones, and all of the others', () => {
    const lists = new ByKey<number>(10)
    lists.add('stays', 0)
    for (let n = 0; n < 1_000; n++) {
      lists.add(`key ${n}`, n)
      lists.delete(`key ${n}`, n)
      assert.isAtMost([...lists.all()].length, 12)
      assert.equal(lists.size, 1)
    }
    assert.deepEqual(lists.get('stays'), [0])
    lists.add('stays', 1)
    assert.deepEqual(lists.get('stays'), [0, 1])
  })
})
