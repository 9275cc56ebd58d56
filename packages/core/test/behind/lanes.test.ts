import { assert } from 'chai'
import type { Lane } from '#core/behind/group.js'
import { Lanes } from '#core/behind/lanes.js'

const laneOf = (key: string): Lane => ({ key, groups: [], taken: 0, stamp: {} })

describe('lanes by key', () => {
  it('are those that were added and not deleted, in order', () => {
    const lanes = new Lanes()
    const [a, b, later] = [laneOf('a'), laneOf('b'), laneOf('a')]
    lanes.add(a)
    lanes.add(b)
    lanes.delete('a')
    lanes.delete('a')
    lanes.delete('nobody')
    assert.deepEqual([lanes.size, lanes.get('a'), lanes.get('b')], [1, undefined, b])
    assert.deepEqual([...lanes.values()], [b])
    lanes.add(later)
    assert.deepEqual([lanes.size, lanes.get('a')], [2, later])
    lanes.clear()
    assert.deepEqual([lanes.size, [...lanes.values()].length], [0, 0])
  })

  it('stay right while thousands of keys come and go', () => {
    const lanes = new Lanes()
    const lasting = laneOf('lasting')
    lanes.add(lasting)
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 3_000; n++) lanes.add(laneOf(`${round}:${n}`))
      assert.equal(lanes.size, 3_001)
      for (let n = 0; n < 3_000; n++) lanes.delete(`${round}:${n}`)
      assert.deepEqual([lanes.size, [...lanes.values()]], [1, [lasting]])
    }
    assert.equal(lanes.get('lasting'), lasting)
    lanes.delete('lasting')
    assert.deepEqual([lanes.size, lanes.get('lasting')], [0, undefined])
  })
})
