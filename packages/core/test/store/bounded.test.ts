import { expect } from 'chai'
import { Bounded } from '#core/store/bounded.js'

const kept = (key: string) => ({ key, weight: 0, visited: false })

/** A bounded map that names what it evicted. */
function bounded(maxEntries: number, maxWeight = Infinity) {
  const evicted: string[] = []
  const map = new Bounded<ReturnType<typeof kept>>(maxEntries, maxWeight, (value) => evicted.push(value.key))
  const keys = () => Array.from(map.values(), (value) => value.key)
  return { map, evicted, keys }
}

describe('Bounded', () => {
  it('evicts the oldest that was not hit, and spares once what was (SIEVE)', () => {
    const { map, evicted, keys } = bounded(3)
    for (const key of ['a', 'b', 'c']) map.set(kept(key))
    map.get('a')!.visited = true
    map.set(kept('d'))
    expect(evicted).to.deep.equal(['b'])
    map.set(kept('e'))
    expect(evicted).to.deep.equal(['b', 'c'])
    map.get('e')!.visited = true
    map.set(kept('f'))
    expect(evicted).to.deep.equal(['b', 'c', 'd'])
    map.set(kept('g'))
    expect(evicted).to.deep.equal(['b', 'c', 'd', 'f'])
    expect(keys()).to.deep.equal(['a', 'e', 'g'])
  })

  it('evicts one of the old where all were hit, never what is new', () => {
    const { map, evicted } = bounded(2)
    for (const key of ['a', 'b']) map.set(kept(key))
    for (const value of map.values()) value.visited = true
    map.set(kept('c'))
    expect(evicted).to.deep.equal(['a'])
    expect(map.get('c')).to.not.equal(undefined)
  })

  it('is bounded by weight, and does not empty itself for what is heavier than its bound', () => {
    const { map, evicted, keys } = bounded(10, 100)
    map.set(kept('a'), 40)
    map.set(kept('b'), 40)
    map.set(kept('c'), 40)
    expect(evicted).to.deep.equal(['a'])
    expect(map.weight).to.equal(80)
    map.set(kept('huge'), 101)
    expect(evicted).to.deep.equal(['a', 'huge'])
    expect(keys()).to.deep.equal(['b', 'c'])
    map.set(kept('b'), 50)
    expect(map.weight).to.equal(90)
    map.delete('c')
    expect(map.weight).to.equal(50)
  })

  it('answers what it replaced', () => {
    const { map } = bounded(2)
    const first = kept('a')
    expect(map.set(first)).to.equal(undefined)
    expect(map.set(first)).to.equal(undefined)
    expect(map.set(kept('a'))).to.equal(first)
    expect(map.size).to.equal(1)
  })
})
