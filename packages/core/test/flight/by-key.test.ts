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

  it('take in what stood alone when more comes, and let something stand alone again', () => {
    const lists = new ByKey<number>()
    const held = () => [...lists.all()].flat().toSorted()
    lists.add('a', 1)
    assert.deepEqual([lists.size, lists.get('a'), lists.get('b'), held()], [1, [1], [], [1]])
    lists.delete('b', 1)
    lists.delete('a', 2)
    assert.deepEqual(held(), [1])
    lists.add('a', 2)
    assert.deepEqual([lists.size, lists.get('a')], [1, [1, 2]])
    lists.deleteAll('a')
    assert.deepEqual([lists.size, lists.get('a'), held()], [0, [], []])
    for (const gone of [() => lists.delete('b', 3), () => lists.deleteAll('b'), () => lists.clear()]) {
      lists.add('b', 3)
      assert.deepEqual([lists.size, lists.get('b')], [1, [3]])
      lists.deleteAll('a')
      assert.deepEqual(held(), [3])
      gone()
      assert.deepEqual([lists.size, lists.get('b'), held()], [0, [], []])
    }
    lists.add('a', 1)
    lists.add('b', 2)
    lists.delete('a', 1)
    assert.deepEqual([lists.size, lists.get('b'), held()], [1, [2], [2]])
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
