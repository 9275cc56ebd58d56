import { expect } from 'chai'
import { Entry } from '#core/entry/entry.js'
import { Position } from '#core/position/position.js'
import { Near } from '#core/tier/near.js'

const tier = () =>
  new Near(new Position(), {
    maxEntries: 10,
    maxBytes: Infinity,
    maxTtl: Infinity,
    evicted: () => {},
    outdated: () => {},
  })
const entry = (key: string, value: number) => new Entry(value, key, [], 0, 0, 1e9)

describe('memory, filled by a load that found its key absent', () => {
  it('takes the value where nothing has come since', () => {
    const near = tier()
    near.set(entry('before', 0), 0)
    expect(near.fill(entry('a', 1), 0, undefined, near.comings)).to.equal(true)
    expect(near.get('a')?.value).to.equal(1)
  })

  it('takes it too where something else has come, or the key has come and gone', async () => {
    const near = tier()
    const since = near.comings
    near.set(entry('other', 0), 0)
    near.set(entry('a', 1), 0)
    near.delete('a')
    expect(near.fill(entry('a', 2), 0, undefined, since)).to.equal(true)
    expect([near.get('a')?.value, near.size]).to.deep.equal([2, 2])
  })

  it('leaves what somebody else has put there, by whichever way that came', () => {
    for (const put of [
      (near: Near, other: Entry) => near.set(other, 0),
      (near: Near, other: Entry) => void near.fill(other, 0, undefined, near.comings),
      (near: Near, other: Entry) => void near.fill(other, 0, undefined),
    ]) {
      const near = tier()
      const since = near.comings
      put(near, entry('a', 1))
      expect(near.fill(entry('a', 2), 0, undefined, since)).to.equal(false)
      expect([near.get('a')?.value, near.size]).to.deep.equal([1, 1])
    }
  })
})
