import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contestant, contestantIds } from '../dist/compare/contestants.js'
import { probe, probes } from '../dist/compare/probes.js'
import { run } from '../dist/compare/run.js'
import { markOf, ratioText } from '../dist/compare/table.js'

const at = { tier: 'memory', settings: 'best', redisUrl: '', forget: async () => {} }

/** A library that is right by doing nothing. */
const none = (source) => ({
  find: (id) => source.find(id),
  evict: async () => {},
  close: async () => {},
})

/** One that is wrong in every way there is a probe for. */
const naive = (source) => {
  const held = new Map()
  return {
    async find(id) {
      const key = `user:${id}`
      if (held.has(key)) {
        const [kind, text] = held.get(key)
        if (kind === 'kept') throw new Error('something')
        if (kind === 'text') return JSON.parse(text)
        return text
      }
      try {
        const value = await source.find(id)
        try {
          if (value.at) held.set(key, ['text', JSON.stringify({ ...value, big: undefined })])
          else held.set(key, ['value', value])
        } catch {}
        return value
      } catch {
        held.set(key, ['kept'])
        throw new Error('something')
      }
    },
    evict: async (id) => held.delete(`user:${id}`),
    close: async () => {},
  }
}

const library = (open) => ({
  name: 'made up',
  packages: [],
  tiers: ['memory'],
  best: '',
  open: ({ source }) => open(source),
})

describe('the probes of the comparison', () => {
  it('find nothing wrong with no cache at all, but that it keeps nothing', async () => {
    const marks = await probe(library(none), at)
    expect(Object.keys(marks)).to.deep.equal(Object.keys(probes))
    expect(marks).to.deep.equal({
      fresh: 'right',
      types: 'not kept, and not said',
      keys: 'right',
      references: 'right',
      errors: 'right',
    })
  })

  it('mark a library that is wrong in each way', async () => {
    expect(await probe(library(naive), at)).to.deep.equal({
      fresh: 'stale after a delete during a load',
      types: 'loses Date, Map, bigint, NaN',
      keys: "7 is '7'",
      references: 'shared and changed',
      errors: 'another error',
    })
  })

  it('mark one that keeps or swallows errors, and one that breaks', async () => {
    const keeping = (source) => {
      let kept
      return { ...none(source), find: (id) => (kept ??= source.find(id)) }
    }
    expect((await probe(library(keeping), at)).errors).to.equal('kept')
    const swallowing = (source) => ({ ...none(source), find: (id) => source.find(id).catch(() => ({})) })
    expect((await probe(library(swallowing), at)).errors).to.equal('swallowed')
    const breaking = (source) => ({ ...none(source), find: () => Promise.reject(new Error('out of order')) })
    expect((await probe(library(breaking), at)).keys).to.equal('fails: out of order')
  })

  it('find nothing wrong with ours in memory, and what is known of others', async () => {
    const ours = await probe(await contestant('cachesmith'), at)
    expect(new Set(Object.values(ours))).to.deep.equal(new Set(['right']))
    const { fresh, references } = await probe(await contestant('lru-cache'), at)
    expect({ references, fresh }).to.deep.equal({ references: 'shared and changed', fresh: 'right' })
  })
})

describe('the comparison', () => {
  it('has a file for every library, ours first', async () => {
    expect(contestantIds).to.have.length(11)
    expect(contestantIds[0]).to.equal('cachesmith')
    const names = await Promise.all(contestantIds.map(async (id) => (await contestant(id)).name))
    expect(new Set(names).size).to.equal(11)
  })

  it('tells of a process that ends badly, that hangs, and whose hits were none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachesmith-compare-'))
    const worker = (name, body) => {
      const path = join(folder, `${name}.mjs`)
      writeFileSync(path, body)
      return path
    }
    try {
      const dying = worker('dying', `throw new TypeError('away')`)
      expect((await run({}, 20_000, dying)).faults.process).to.match(/^ended with 1/)
      const hanging = worker('hanging', 'setInterval(() => {}, 1_000)')
      expect((await run({}, 100, hanging)).faults.process).to.match(/^ended with SIGKILL/)
      const told = { kind: 'work', work: 'hit', compared: { ratio: { median: 1.23456, low: 1, high: 2 } }, loaded: 3 }
      const missing = worker('missing', `process.send(${JSON.stringify(told)}, () => process.exit())`)
      const outcome = await run({}, 20_000, missing)
      expect(outcome.faults).to.deep.equal({ hit: '3 calls were no hits' })
      expect(outcome.works.hit.ratio.median).to.equal(1.23)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('marks what is wrong on some tiers only by their names', () => {
    const outcome = (memory, redis) => ({ marks: { memory: { types: memory }, redis: { types: redis } } })
    expect(markOf(outcome('right', 'right'), 'types')).to.equal('right')
    expect(markOf(outcome('right', 'loses Date'), 'types')).to.equal('loses Date (Redis)')
    expect(markOf(outcome('loses Date', 'loses Date'), 'types')).to.equal('loses Date')
    expect([ratioText(1.299), ratioText(1234.5)]).to.deep.equal(['1.30x', '1,235x'])
  })
})
