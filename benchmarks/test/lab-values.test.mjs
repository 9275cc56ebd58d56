import { expect } from 'chai'
import { deserialize, serialize } from 'node:v8'
import { Codecs } from '../../packages/core/dist/index.js'
import { unseal } from '../../packages/core/dist/entry/envelope.js'
import { argumentsKey, keyText } from '../../packages/core/dist/key/key.js'
import { codec, codecLab } from '../dist/lab/codec.js'
import { hostileBytes, hostileBytesLab } from '../dist/lab/hostile-bytes.js'
import { keys, keysLab } from '../dist/lab/keys.js'
import { linearizable, linearizableLab } from '../dist/lab/linearizable.js'
import { naiveCache, oneProcess, twoProcesses } from '../dist/lab/subjects.js'

const seed = Number(process.env.CACHESMITH_SEED ?? 1)
const run = (lab, trials, from = seed) => lab.run({ seed: from, trials, progress() {} })

/** Answers the number of trials until a lab sees a violation. */
async function until(lab, most) {
  for (let done = 0; done < most; done++) if ((await run(lab, 1, seed + done)).violations > 0) return done + 1
  throw new Error(`nothing was seen in ${most} trials from seed ${seed} on`)
}

describe('the labs of values', function () {
  this.timeout(120_000)

  for (const [lab, trials, figure] of [
    [keys, 100_000, 'G20'],
    [codec, 30_000, 'G21'],
    [hostileBytes, 10_000, 'G22'],
    [linearizable, 2_000, 'G2'],
  ]) {
    it(`${figure} ${lab.name} finds nothing in ${trials} trials`, async () => {
      const found = await run(lab, trials)
      expect(found.violations, found.first).to.equal(0)
      expect(found.trials).to.equal(trials)
      expect(found.figures).to.deep.equal({ [figure]: 0 })
    })
  }

  it('give the same trials to the same seed, and end when told', async () => {
    const [once, again] = [await run(codec, 500), await run(codec, 500)]
    expect(again).to.deep.equal(once)
    const ended = await keys.run({ seed, trials: 1e9, seconds: 0.05, progress() {} })
    expect(ended.trials).to.be.within(1, 1e6)
  })

  it('replay a violation alone, by the seed that they tell', async () => {
    const lab = codecLab({ encode: JSON.stringify, decode: JSON.parse })
    const { first } = await run(lab, 200)
    const told = Number(/--seed (\d+) --trials 1/.exec(first)[1])
    expect((await run(lab, 1, told)).first).to.equal(first)
  })
})

describe('the labs of values see what is wrong', () => {
  const text = (x) =>
    typeof x === 'symbol' ? 'symbol' : JSON.stringify(x, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))
  const parts = (change) => ({
    keyText: (list, where) => keyText(change(list), where),
    argumentsKey: (cls, method, list) => argumentsKey(cls, method, change(list)),
  })
  const writers = {
    'keys that are JSON': {
      keyText: text,
      argumentsKey: (cls, method, list) => text([cls, method, ...list]),
    },
    'keys without undefined tails': parts((list) => (list.at(-1) === undefined ? list.slice(0, -1) : list)),
    'keys that normalize texts': parts((list) => list.map((x) => (typeof x === 'string' ? x.normalize() : x))),
    'keys that take a bigint for a number': parts((list) => list.map((x) => (typeof x === 'bigint' ? Number(x) : x))),
    'keys that take a Date for its time': parts((list) => list.map((x) => (x instanceof Date ? x.getTime() : x))),
  }
  for (const [name, writer] of Object.entries(writers))
    it(`G20 ${name}`, async () => expect(await until(keysLab(writer), 5_000)).to.be.above(0))

  const real = new Codecs()
  const codecs = {
    'values in JSON': { encode: JSON.stringify, decode: JSON.parse },
    'values as a structured clone has them': {
      encode: (value) => serialize(value).toString('base64'),
      decode: (base64) => deserialize(Buffer.from(base64, 'base64')),
    },
    'values without the sign of zero': {
      encode: (value) => real.encode(value),
      decode: (stored) => real.decode(stored.replaceAll('["n","-0"]', '0')),
    },
    'values whose sharing is lost': {
      encode: (value) => real.encode(value),
      decode(stored) {
        const value = real.decode(stored)
        return Array.isArray(value) && value.length === 2 && value[0] === value[1]
          ? [value[0], real.decode(stored)[1]]
          : value
      },
    },
  }
  for (const [name, writer] of Object.entries(codecs))
    it(`G21 ${name}`, async () => expect(await until(codecLab(writer), 20_000)).to.be.above(0))

  const decode = (body) => real.decode(body)
  const readers = {
    'an envelope whose key nobody asks': {
      unseal: (stored, key) => unseal(stored, /^\["cs1",("(?:[^"\\]|\\.)*")/.exec(stored)?.[1]?.slice(1, -1) ?? key),
      decode,
    },
    'a body that is parsed without care': { unseal, decode: (body) => JSON.parse(body.slice(1)) },
    'a reader that assigns what it reads': {
      unseal,
      decode(body) {
        if (body.includes('"polluted"')) Object.prototype.polluted = 1
        return decode(body)
      },
    },
  }
  for (const [name, reader] of Object.entries(readers))
    it(`G22 ${name}`, async () => {
      try {
        expect(await until(hostileBytesLab(reader), 2_000)).to.be.above(0)
      } finally {
        delete Object.prototype.polluted
      }
    })

  /** Says that it is done before it is. */
  const hasty = (cache) => ({
    getOrLoad: (key, load, options) => cache.getOrLoad(key, load, options),
    put: (key, write, options) => cache.put(key, write, options),
    evict: async (key) => void cache.evict(key),
    evictTags: async (tags) => void cache.evictTags(tags),
    clear: async () => void cache.clear(),
  })
  /** Forgets half of what it is told. */
  const forgetful = (cache) => ({ ...hasty(cache), evict: (key) => cache.evict(key), evictTags: async () => {} })
  const subjects = {
    'a Map without a fence': naiveCache,
    'an eviction of tags that does nothing': () => oneProcess().map(forgetful),
    'acknowledgements that come too early': (steps) => twoProcesses(steps).map(hasty),
  }
  for (const [name, of] of Object.entries(subjects))
    it(`G2 ${name}`, async () => {
      const lab = linearizableLab([{ name, subjects: of, least: 'joined' }])
      expect(await until(lab, 1_000)).to.be.above(0)
    }).timeout(60_000)
})
