import { expect } from 'chai'
import fc from 'fast-check'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Bounded } from '#core/store/bounded.js'
import { PlainBounded, weightOf } from './plain-bounded.js'

const kept = (key: string) => ({ key, weight: 0, visited: false })

/** A bounded map that names what it evicted. */
function bounded(maxEntries: number, maxWeight = Infinity) {
  const evicted: string[] = []
  const map = new Bounded<ReturnType<typeof kept>>(maxEntries, maxWeight, (value) => evicted.push(value.key))
  const keys = () => Array.from(map.values(), (value) => value.key)
  return { map, evicted, keys }
}

type Step = readonly ['set' | 'hit' | 'delete', key: number, weight: number]

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('set', 'set', 'hit', 'hit', 'delete') as fc.Arbitrary<Step[0]>,
    fc.nat({ max: 40 }),
    fc.nat({ max: 30 }),
  ),
  { maxLength: 300, size: 'max' },
)

describe('Bounded', () => {
  it('evicts, keeps and orders as the plain model does, within its bounds at every step', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 25 }),
        fc.constantFrom(20, 100, Infinity),
        (row, entries, weight) => {
          const { map, evicted, keys } = bounded(entries, weight)
          const plain = new PlainBounded(entries, weight)
          for (const [what, n, heavy] of row) {
            const key = `k${n}`
            if (what === 'set') {
              map.set(kept(key), heavy)
              plain.set(key, heavy)
            } else if (what === 'delete') {
              expect(map.delete(key)?.key).to.equal(plain.all.some((held) => held.key === key) ? key : undefined)
              plain.delete(key)
            } else {
              const found = map.get(key)
              if (found) found.visited = true
              plain.hit(key)
            }
            expect(map.size).to.be.at.most(entries)
            expect(map.weight).to.be.at.most(weight)
            expect(map.weight).to.equal(weightOf(plain.all))
            expect(evicted).to.deep.equal(plain.evicted)
            expect(keys()).to.deep.equal(plain.all.map((held) => held.key))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps what was hit on trial through a scan, and forgets the scan', () => {
    const { map, keys } = bounded(20)
    for (let n = 0; n < 20; n++) map.set(kept(`old ${n}`))
    map.set(kept('hot'))
    map.get('hot')!.visited = true
    for (let n = 0; n < 19; n++) map.set(kept(`scan ${n}`))
    expect(keys()).to.include('hot')
    expect(keys().filter((key) => key.startsWith('scan'))).to.have.length(2)
  })

  for (const [room, main] of [
    [999, 900],
    [10_000, 8_192],
    [82_000, 82_000 - 8_192],
    [100_000, 90_000],
  ] as const) {
    it(`of ${room}, leaves ${main} of the old to a scan: tables of Maps double, and half an empty one is paid for`, () => {
      const { map, keys } = bounded(room)
      for (let n = 0; n < room; n++) map.set(kept(`old ${n}`))
      for (let n = 0; n < room; n++) map.set(kept(`scan ${n}`))
      expect(keys().filter((key) => key.startsWith('old'))).to.have.length(main)
    })
  }

  it('takes what comes back soon after it left into the main queue', () => {
    const { map, evicted, keys } = bounded(20)
    for (let n = 0; n < 23; n++) map.set(kept(`${n}`))
    const [back] = evicted as [string]
    map.set(kept(back))
    for (let n = 100; n < 110; n++) map.set(kept(`${n}`))
    expect(keys()).to.include(back)
  })

  it('evicts one of the old where all were hit, never what is new', () => {
    const { map, evicted } = bounded(2)
    for (const key of ['a', 'b']) map.set(kept(key))
    for (const value of map.values()) value.visited = true
    map.set(kept('c'))
    expect(evicted).to.have.length(1)
    expect(map.get('c')).to.not.equal(undefined)
  })

  it('spares so many and no more for one set', () => {
    const { map } = bounded(10_000)
    for (let n = 0; n < 10_000; n++) map.set(kept(`${n}`))
    for (const value of map.values()) value.visited = true
    map.set(kept('new'))
    const unmarked = Array.from(map.values()).filter((value) => !value.visited)
    expect(unmarked).to.have.length(101)
  })

  it('is bounded by weight, and does not empty itself for what is heavier than its bound', () => {
    const { map, evicted, keys } = bounded(10, 100)
    map.set(kept('a'), 40)
    map.set(kept('b'), 40)
    map.set(kept('c'), 40)
    expect(evicted).to.have.length(1)
    expect(map.weight).to.equal(80)
    const left = keys()
    map.set(kept('huge'), 101)
    expect(evicted).to.include('huge')
    expect(keys()).to.deep.equal(left)
    map.set(kept(left[0]!), 50)
    expect(map.weight).to.equal(90)
    map.delete(left[1]!)
    expect(map.weight).to.equal(50)
  })

  it('answers what it replaced, which hands on its mark', () => {
    const { map } = bounded(2)
    const first = kept('a')
    expect(map.set(first)).to.equal(undefined)
    first.visited = true
    expect(map.set(first)).to.equal(undefined)
    expect(map.set(kept('a'))).to.equal(first)
    expect(map.size).to.equal(1)
    expect(map.get('a')!.visited).to.equal(true)
  })

  it('does not hold on to the tables that its Maps outgrew while nothing is evicted', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { map, evicted } = bounded(10_000)
    for (let n = 0; n < 10_500; n++) map.set(kept(`${n}`))
    map.set(kept(evicted[0]!)) // into the main queue, whose oldest goes
    const held = Array.from(map.values()).slice(1)
    map.delete('1') // room: from here on nothing is evicted
    const churn = () => {
      for (let round = 0; round < 50; round++) for (const value of held) map.set(value)
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = churn()
    expect(churn() - before).to.be.below(5_000_000)
    expect(map.size).to.equal(9_999)
  })
})
