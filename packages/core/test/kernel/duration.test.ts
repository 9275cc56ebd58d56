import { durationOrUndefined, parseDuration } from '#core/kernel/duration.js'
import { CacheConfigError } from '#core/kernel/errors.js'
import { expect } from 'chai'

const ttl = (d: unknown, opts?: { allowZero?: boolean; allowInfinity?: boolean }) =>
  parseDuration(d, "option 'ttl'", opts)

describe('parseDuration', () => {
  const good: [unknown, number][] = [
    [1, 1],
    [60_000, 60_000],
    ['250ms', 250],
    ['5s', 5_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['0.0333s', 33],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ]
  for (const [d, ms] of good) it(`reads ${JSON.stringify(d)} as ${ms} ms`, () => expect(ttl(d)).to.equal(ms))

  const bad: [unknown, string][] = [
    ['60', "'60' is not a duration: write 60_000 or '60s'"],
    ['5 min', "'5 min' is not a duration: write '5m'"],
    ['2 Hours', "write '2h'"],
    ['5 months', 'write one of the units ms, s, m, h, d'],
    [1.5, 'write whole milliseconds, as in 2'],
    ['1.5ms', 'write 2'],
    [0, '0 is not a duration: write a duration above 0'],
    ['0s', 'write a duration above 0'],
    ['0.0001s', 'write a duration above 0'],
    [-1, 'write a duration above 0'],
    ['-5m', "as in '5m'"],
    [NaN, 'NaN is not a duration'],
    [2 ** 53, 'write a smaller one'],
    ['99999999999999d', 'write a smaller one'],
    [Infinity, "write a bound, as in '30d'"],
    [-Infinity, 'write a duration above 0'],
    ['Infinity', 'as in'],
    ['1e3s', "as in '5m'"],
    ['', "as in '5m'"],
    [' 5m', "write '5m'"],
    ['5m\n', "write '5m'"],
    ['0x10s', "as in '5m'"],
    [undefined, 'undefined is not a duration'],
    [null, 'null'],
    [{}, 'an object'],
    [5n, '5'],
    [true, 'true'],
    [[5], 'an object'],
  ]
  for (const [d, message] of bad) {
    const given = typeof d === 'string' ? JSON.stringify(d) : String(d)
    it(`K28 refuses ${given} and says what to write`, () => {
      expect(() => ttl(d))
        .to.throw(CacheConfigError, message)
        .with.property('message')
        .that.includes("option 'ttl'")
    })
  }

  it('allows 0 and Infinity only where they mean something, and Infinity only as a number', () => {
    expect(ttl(0, { allowZero: true })).to.equal(0)
    expect(Object.is(ttl(-0, { allowZero: true }), 0)).to.equal(true)
    expect(ttl('0s', { allowZero: true })).to.equal(0)
    expect(ttl(Infinity, { allowInfinity: true })).to.equal(Infinity)
    expect(() => ttl('Infinity', { allowInfinity: true })).to.throw(CacheConfigError)
    expect(() => ttl(2 ** 53, { allowInfinity: true })).to.throw(CacheConfigError, 'write Infinity')
  })
})

describe('durationOrUndefined', () => {
  it('gives the milliseconds of a usable result', () => {
    expect([5, 1.5, '5m', '1.5h', Infinity].map(durationOrUndefined)).to.deep.equal([
      5,
      1,
      300_000,
      5_400_000,
      Infinity,
    ])
  })

  it('K28 gives undefined for a result that cannot be a life', () => {
    for (const d of [0, -1, NaN, 0.5, -Infinity, 2 ** 53, '60', '0s', '5 min', undefined, null, {}]) {
      expect(durationOrUndefined(d), String(d)).to.equal(undefined)
    }
  })
})
