import { expect } from 'chai'
import { lru } from '../dist/policy/lru.js'
import { memory } from '../dist/policy/memory.js'
import { hitPercent, shortfall } from '../dist/policy/ratios.js'
import { s3Fifo } from '../dist/policy/s3-fifo.js'
import { sieve } from '../dist/policy/sieve.js'
import { sketch } from '../dist/policy/sketch.js'
import { traces, zipf } from '../dist/policy/traces.js'
import { wTinyLfu } from '../dist/policy/w-tiny-lfu.js'
import { seeded } from '../dist/random.js'

const all = { lru, sieve, s3Fifo, wTinyLfu, memory }
const played = (policy, keys) => keys.map((key) => (policy.request(key) ? 'hit' : '-')).join(' ')

describe('reference policies', () => {
  for (const [name, policyOf] of Object.entries(all))
    it(`${name} holds no more than its room, and tells a hit only of what it was asked for before`, () => {
      const random = seeded(7)
      const rank = zipf(0.9, 500, random)
      const policy = policyOf(50)
      const seen = new Set()
      for (let n = 0; n < 20_000; n++) {
        const key = rank()
        if (policy.request(key)) expect(seen.has(key)).to.equal(true)
        seen.add(key)
        expect(policy.size).to.be.at.most(50)
      }
      expect(policy.size).to.equal(50)
    })

  it('LRU forgets what was used longest ago', () => {
    expect(played(lru(3), [1, 2, 3, 1, 4, 2, 1])).to.equal('- - - hit - - hit')
  })

  it('SIEVE spares what was hit once, wherever it stands', () => {
    // 1 is hit; 4 makes the hand unmark 1 and take 2; 5 takes 3; 6 takes 4, for the hand goes on towards the newest.
    const policy = sieve(3)
    expect(played(policy, [1, 2, 3, 1, 4, 5, 6])).to.equal('- - - hit - - -')
    expect(played(policy, [1, 5, 6])).to.equal('hit hit hit')
  })

  it('S3-FIFO lets a scan pass by what was asked for twice', () => {
    const policy = s3Fifo(20)
    for (const key of [1, 1, 1, 2, 2, 2]) policy.request(key)
    for (let key = 100; key < 200; key++) policy.request(key)
    expect(played(policy, [1, 2, 100])).to.equal('hit hit -')
  })

  it('S3-FIFO takes back what left lately into the main queue', () => {
    const policy = s3Fifo(20)
    for (let key = 0; key < 22; key++) policy.request(key)
    expect(policy.request(0)).to.equal(false)
    for (let key = 100; key < 118; key++) policy.request(key)
    expect(policy.request(0)).to.equal(true)
  })

  it('W-TinyLFU lets a scan pass by what is asked for often', () => {
    const policy = wTinyLfu(100)
    for (let round = 0; round < 10; round++) for (let key = 0; key < 80; key++) policy.request(key)
    for (let key = 1_000; key < 1_500; key++) policy.request(key)
    expect(Array.from({ length: 80 }, (_, key) => policy.request(key)).filter(Boolean).length).to.be.above(70)
  })

  it('the sketch never counts too few below its ceiling, seldom too many, and halves with time', () => {
    const counts = sketch(1_000)
    for (let n = 0; n < 5; n++) for (let key = 0; key < 500; key++) counts.add(key)
    const told = Array.from({ length: 500 }, (_, key) => counts.estimate(key))
    expect(Math.min(...told)).to.equal(5)
    expect(told.filter((count) => count > 5).length).to.be.below(25)
    for (let n = 0; n < 7_500; n++) counts.add(1_000_000)
    expect(counts.estimate(0)).to.equal(2)
  })
})

describe('traces', () => {
  it('are the same for one seed, of keys below their footprint', () => {
    const few = traces(3, 1_200, 6_000)
    expect(few.map(({ requests }) => [...requests])).to.deep.equal(
      traces(3, 1_200, 6_000).map(({ requests }) => [...requests]),
    )
    for (const { name, footprint, requests } of few) expect(Math.max(...requests), name).to.be.below(footprint)
    expect(few[0].requests).to.not.deep.equal(traces(4, 1_200, 6_000)[0].requests)
  })

  it('zipf draws the nth rank as often as it says', () => {
    const rank = zipf(1, 100, seeded(1))
    const counts = new Array(100).fill(0)
    for (let n = 0; n < 100_000; n++) counts[rank()]++
    expect(counts[0] / counts[1]).to.be.within(1.9, 2.1)
    expect(counts[0] / counts[9]).to.be.within(9, 11)
  })

  it('a loop that is larger than the room is nothing for LRU, and something for ours', () => {
    const loop = traces(1, 4_000, 12_000).find(({ name }) => name === 'loop')
    expect(hitPercent(lru, loop, 100)).to.equal(0)
    expect(hitPercent(memory, loop, 100)).to.be.within(8, 9)
  })
})

describe('the verdict over hit ratios', () => {
  const percents = { LRU: 40, 'S3-FIFO': 50, 'W-TinyLFU': 55, Cachesmith: 49.5 }
  it('holds us against S3-FIFO within a point, or the best within three', () => {
    expect(shortfall({ held: 's3-fifo', percents }, 'Cachesmith')).to.equal(-0.5)
    expect(shortfall({ held: 'best', percents }, 'Cachesmith')).to.equal(2.5)
  })
})
