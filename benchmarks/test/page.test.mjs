import { expect } from 'chai'
import { works } from '../dist/compare/works.js'
import { barsSvg } from '../dist/page/chart.js'
import { pageOf } from '../dist/page/page.js'
import { scenes } from '../dist/load/scenes.js'

const about = { date: '2030-01-02', machine: '4 cores, Made Up 1, linux 6', node: '20.19.0', load: 0.5 }
const spread = (median) => ({ median, low: median * 0.9, high: median * 1.1 })
const outcome = (ratio, marks) => ({
  marks: { memory: marks },
  works: Object.fromEntries(
    works.map(({ id }) => [id, { limit: spread(200), ours: spread(200 * ratio), ratio: spread(ratio) }]),
  ),
  faults: {},
})
const good = { fresh: 'right', types: 'right', keys: 'right', references: 'right', errors: 'right' }
const entrant = (name, ratio, marks) => ({
  id: name,
  name,
  versions: { [name]: '1.2.3' },
  best: 'nothing',
  zipped: 2048,
  importMs: 12.3,
  outcomes: { best: outcome(ratio, marks), defaults: outcome(ratio * 2, marks) },
})
const wrong = entrant('wrong-cache', 0.5, { ...good, fresh: 'stale after a delete | during a load' })
wrong.outcomes.best.faults.redis = '7 calls were no hits'
const results = {
  compare: { ...about, redis: '7.0.15', seed: 1, rounds: 9, entrants: [entrant('Cachesmith', 1.25, good), wrong] },
  load: {
    ...about,
    seed: 1,
    ms: 2_000,
    cells: [
      {
        library: 'Cachesmith',
        store: 'memory only',
        scenes: scenes.map(({ id }) => ({ scene: id, p50: 1, p99: 7.5, max: 9, loads: 3, requests: 100, rejected: 0 })),
      },
      { library: 'wrong-cache', store: 'memory only', scenes: [], fault: 'ended with 1: TypeError' },
    ],
  },
  policy: {
    ...about,
    seed: 1,
    cells: [{ trace: 'loop', held: 'best', size: 5, percents: { LRU: 0, Cachesmith: 4.4 } }],
  },
  findings: '### A surprise\n\nIt was the clock.',
}

describe('the page of the benchmarks', () => {
  const files = pageOf(results)
  const page = files['benchmarks.md']

  it('has every section, its charts and what it was measured on', () => {
    for (const part of [
      '## Speed',
      '## Correctness',
      '## Weight',
      '## Under load',
      '## Hit ratio',
      '## Findings',
      '## Do it again',
    ])
      expect(page).to.include(part)
    expect(page).to.include('on 2030-01-02, 4 cores, Made Up 1, linux 6, Node 20.19.0.')
    expect(page).to.include('It was the clock.')
    const shown = [...page.matchAll(/\]\(\.\/(benchmarks\/[\w-]+\.svg)\)/g)].map(([, path]) => path)
    expect(new Set(shown)).to.deep.equal(new Set(Object.keys(files).filter((name) => name.endsWith('.svg'))))
    expect(page).to.not.match(/undefined|NaN|\[object/)
  })

  it('puts a star beside the speed of a library that is wrong, and says why', () => {
    expect(page).to.include('| Cachesmith | **1.25x** (1.13x to 1.38x)')
    expect(page).to.include('| wrong-cache | **0.50x**\\* (0.45x to 0.55x)')
    expect(page).to.include('**no**: stale after a delete \\| during a load')
    expect(page).to.include('7 calls were no hits')
    expect(page).to.include('ended with 1: TypeError')
  })

  it('says when the machine was busy', () => {
    expect(page).to.not.include('busy')
    const busy = { ...results, load: { ...results.load, load: 11 } }
    expect(pageOf(busy)['benchmarks.md']).to.include('load average 11 on 4 cores')
  })

  it('draws charts that need no background of their own, the same for the same figures', () => {
    const bars = {
      title: 'T <&>',
      categories: ['a', 'b'],
      series: [{ name: 's', values: [1, undefined] }],
      unit: 'x',
      scale: 'log',
    }
    const svg = barsSvg(bars)
    expect(svg)
      .to.match(/^<svg[^>]+xmlns/)
      .and.include('T &lt;&amp;&gt;')
    expect(svg).to.not.match(/fill="(#fff|#ffffff|white|#000|black)"/i)
    expect(barsSvg(bars)).to.equal(svg)
  })
})
