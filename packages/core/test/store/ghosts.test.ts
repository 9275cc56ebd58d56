import { expect } from 'chai'
import { Ghosts } from '#core/store/ghosts.js'

const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `["user","${from + n}"]`)

describe('Ghosts', () => {
  it('knows what left lately, once, and forgets what left long ago', () => {
    const ghosts = new Ghosts(1_000)
    const old = names(0, 1_000)
    const late = names(1_000, 1_000)
    for (const key of [...old, ...late]) ghosts.add(key)
    const known = late.filter((key) => ghosts.take(key)).length
    expect(known, 'of the last thousand').to.be.within(750, 1_000)
    expect(late.filter((key) => ghosts.take(key)).length, 'a second time').to.equal(0)
    const stillOld = old.filter((key) => ghosts.take(key)).length
    expect(stillOld + known, 'never more than it was made for').to.be.within(0, 1_000)
  })

  it('takes a stranger for a known face less than once in ten thousand', () => {
    const ghosts = new Ghosts(10_000)
    for (const key of names(0, 10_000)) ghosts.add(key)
    expect(names(50_000, 50_000).filter((key) => ghosts.take(key)).length).to.be.below(5)
  })

  it('of no size knows nobody', () => {
    const ghosts = new Ghosts(0)
    expect(ghosts.take('a')).to.equal(false)
  })

  it('in one row, the oldest gives way', () => {
    const ghosts = new Ghosts(4)
    for (const key of ['a', 'b', 'c', 'd', 'e']) ghosts.add(key)
    expect(['a', 'e', 'b', 'c', 'd', 'a', 'b'].map((key) => ghosts.take(key))).to.deep.equal([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
