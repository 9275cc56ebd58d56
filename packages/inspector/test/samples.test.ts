import { expect } from 'chai'

interface Counts {
  hits: number
  stale: number
  misses: number
  loads: number
  loadMs: number
}
interface Samples {
  times: number[]
  hitRates: (number | null)[]
  readRates: (number | null)[]
  loadTimes: (number | null)[]
  latest: { hitRate: number | null; reads: number | null; loadTime: number | null }
  add(now: number, counts: Counts): void
}

const file = (name: string) => new URL(`../../page/${name}`, import.meta.url).href
const counts = (hits: number, misses = 0, loadMs = 0): Counts => ({ hits, stale: 0, misses, loads: misses, loadMs })

describe('what the page makes of counts', () => {
  let samples: Samples
  beforeEach(async () => {
    const { Samples } = await import(file('samples.js'))
    samples = new Samples()
  })

  it('rates are those of the last ten seconds', () => {
    samples.add(0, counts(1_000))
    expect(samples.latest).to.deep.equal({ hitRate: null, reads: null, loadTime: null })
    for (let s = 1; s <= 20; s++) samples.add(s * 1_000, counts(1_000 + s * 30, s * 10, s * 50))
    expect(samples.latest).to.deep.equal({ hitRate: 0.75, reads: 40, loadTime: 5 })
    for (let s = 21; s <= 31; s++) samples.add(s * 1_000, counts(1_600, 200, 1_000))
    expect(samples.latest).to.deep.equal({ hitRate: null, reads: 0, loadTime: null })
  })

  it('a time without samples is a gap, and a process that was started anew begins anew', () => {
    samples.add(0, counts(10))
    samples.add(1_000, counts(20))
    samples.add(60_000, counts(900))
    samples.add(61_000, counts(1_000))
    expect(samples.times).to.deep.equal([0, 1, 2, 60, 61])
    expect(samples.readRates).to.deep.equal([null, 10, null, null, 100])
    samples.add(62_000, counts(5))
    samples.add(63_000, counts(6))
    expect(samples.times).to.deep.equal([62, 63])
    expect(samples.readRates).to.deep.equal([null, 1])
  })

  it('five minutes are kept', () => {
    for (let s = 0; s <= 1_000; s++) samples.add(s * 1_000, counts(s))
    expect([samples.times[0], samples.times.at(-1)]).to.deep.equal([700, 1_000])
    for (const list of [samples.hitRates, samples.readRates, samples.loadTimes])
      expect(list).to.have.length(samples.times.length)
  })
})

describe('how the page writes', () => {
  it('durations, sizes, shares', async () => {
    const { duration, bytes, percent, count } = await import(file('format.js'))
    expect(
      [0.1234, 7, 250, 1_500, 61_000, 3_600_000, 90_000_000, Number.POSITIVE_INFINITY, -5_000].map(duration),
    ).to.deep.equal(['123 µs', '7 ms', '250 ms', '1.5 s', '1 min 1 s', '1 h', '1 d 1 h', 'for ever', '−5 s'])
    expect([0, 1_023, 1_536, 5 * 1024 ** 3].map(bytes)).to.deep.equal(['0 B', '1023 B', '1.5 KB', '5 GB'])
    expect([0, 0.5, 0.9996, 1, null].map(percent)).to.deep.equal(['0.0%', '50.0%', '100%', '100%', '–'])
    expect([12, 1_234, 1_234_567].map(count)).to.deep.equal(['12', '1,234', '1.2M'])
  })

  it('what cannot be seen, or deceives, as an escape', async () => {
    const { shown } = await import(file('format.js'))
    expect(shown('a\0b\u202ec\ud800\u200b😀')).to.equal('a\\u{0}b\\u{202e}c\\u{d800}\\u{200b}😀')
    expect(shown('x'.repeat(1_000_000))).to.equal(`${'x'.repeat(400)}… (1M characters)`)
  })

  it('a key with half of a surrogate pair as JSON that means the same', async () => {
    const { written } = await import(file('typed.js'))
    expect(written('user 1')).to.equal('user 1')
    expect(JSON.parse(written('a\ud800'))).to.equal('a\ud800')
    expect(JSON.parse(written('["a\ud800"]'))).to.deep.equal(['a\ud800'])
    expect(JSON.parse(written('{"a\ud800":1}'))).to.equal('{"a\ud800":1}')
    expect(written('["a\ud800"]')).to.match(/^[ -~]+$/)
  })
})
