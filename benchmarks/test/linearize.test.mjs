import { expect } from 'chai'
import { isPossible } from '../dist/lab/linearize.js'

const read = (start, end, value, process = 0, joined = start) => ({ kind: 'read', process, value, start, end, joined })
const write = (start, end, value, process = 0) => ({ kind: 'write', process, value, start, end })
const demands = ['atomic', 'two steps', 'joined']

/** What is expected of each demand, in their order. */
const cases = [
  ['nothing', [], [true, true, true]],
  ['reads of what was there first', [read(1, 2, 0), read(3, 4, 0)], [true, true, true]],
  ['a read of what nobody wrote', [read(1, 2, 9)], [false, false, false]],
  ['a read of what is written later', [read(1, 2, 1), write(3, 4, 1)], [false, false, false]],
  ['a read after a write', [write(1, 2, 1), read(3, 4, 1)], [true, true, true]],
  ['an older value after a write', [write(1, 2, 1), read(3, 4, 0)], [false, false, false]],
  ['either value while it is written', [write(1, 9, 1), read(2, 3, 0), read(4, 5, 1)], [true, true, true]],
  ['old after new while it is written', [write(1, 9, 1), read(2, 3, 1), read(4, 5, 0)], [false, true, true]],
  ['old after new when it is written', [write(1, 9, 1), read(2, 3, 1), read(10, 11, 0)], [false, false, false]],
  ['old after new, begun while it is written', [write(1, 9, 1), read(2, 3, 1), read(8, 12, 0)], [false, true, true]],
  [
    'two writes at once, in either order',
    [write(1, 9, 1), write(2, 8, 2), read(10, 11, 1), read(12, 13, 1)],
    [true, true, true],
  ],
  [
    'two writes at once, in both orders',
    [write(1, 9, 1), write(2, 8, 2), read(10, 11, 1), read(12, 13, 2)],
    [false, false, false],
  ],
  ['the first of two writes in a row', [write(1, 2, 1), write(3, 4, 2), read(5, 6, 1)], [false, false, false]],
  [
    'a value from before the first of two writes',
    [write(1, 2, 1), write(3, 9, 2), read(4, 5, 0)],
    [false, false, false],
  ],
  ['a joined load in the same process', [write(1, 5, 1), read(6, 7, 0, 0, 1)], [false, false, false]],
  ['a joined load in another process', [write(2, 5, 1), read(6, 7, 0, 1, 3)], [false, false, true]],
  [
    'a joined load, after another process has read',
    [write(2, 3, 1), read(4, 5, 1), read(6, 7, 0, 1, 1)],
    [false, false, true],
  ],
  [
    'a joined load, after its own process has read',
    [write(2, 3, 1), read(4, 5, 1, 1), read(6, 7, 0, 1, 1)],
    [false, false, false],
  ],
  [
    'a joined load, after a read of its process in a load that is older still',
    [write(3, 4, 1), read(1, 5, 1, 1), read(6, 7, 0, 1, 2)],
    [false, false, true],
  ],
  ['a load joined after the write', [write(1, 5, 1), read(8, 9, 0, 1, 6)], [false, false, false]],
  [
    'a joined load that is older than two writes',
    [write(1, 2, 1), write(3, 6, 2), read(7, 8, 0, 1, 4)],
    [false, false, false],
  ],
]

describe('the search for an order of a history', () => {
  for (const [name, history, expected] of cases)
    it(`judges ${name}`, () => {
      expect(demands.map((demand) => isPossible(history, 0, demand))).to.deep.equal(expected)
      expect(demands.map((demand) => isPossible(history.toReversed(), 0, demand))).to.deep.equal(expected)
    })

  it('remembers what it tried: eight writes at once, and a read that nothing explains', () => {
    const writes = Array.from({ length: 8 }, (_, i) => write(1, 20, i + 1))
    expect(isPossible([...writes, read(2, 3, 99)], 0, 'atomic')).to.equal(false)
    expect(isPossible([...writes, read(30, 31, 4)], 0, 'two steps')).to.equal(true)
  })

  it('refuses a history that is too long for it', () => {
    const reads = Array.from({ length: 32 }, (_, i) => read(2 * i, 2 * i + 1, 0))
    expect(() => isPossible(reads, 0, 'atomic')).to.throw('too long')
  })
})
