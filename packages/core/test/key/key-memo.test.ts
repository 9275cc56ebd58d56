import { expect } from 'chai'
import { KeyMemo } from '#core/key/key-memo.js'

describe('memory of keys', () => {
  it('tells a list that is a key from a list of arguments', () => {
    const memo = new KeyMemo<string>()
    memo.keep([1, 2, 3], 'a key')
    expect(memo.ofArguments([1, 2, 3])).to.equal(undefined)
    memo.keepArguments([1, 2, 3], 'arguments')
    expect(memo.of([1, 2, 3])).to.equal('a key')
    expect(memo.ofArguments([1, 2, 3])).to.equal('arguments')
  })

  it('forgets all and begins anew where there is no more room, and never answers with what belongs to another key', () => {
    const memo = new KeyMemo<number>()
    let known = 0
    for (let n = 0; n < 30_000; n++) {
      memo.keep({ n, text: `t${n}` }, n)
      expect(memo.of({ n, text: `t${n}` })).to.equal(n)
      const earlier = memo.of({ n: n >> 1, text: `t${n >> 1}` })
      if (earlier !== undefined) known++
      expect(earlier ?? n >> 1).to.equal(n >> 1)
    }
    expect(known).to.be.within(5_000, 29_999)
  })
})
