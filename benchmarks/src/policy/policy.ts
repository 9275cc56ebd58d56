import type { Bench } from '../bench.js'
import { writeResult } from '../results/file.js'
import { circumstances } from '../results/machine.js'
import { lru } from './lru.js'
import { memory } from './memory.js'
import { type Cell, hitPercent, type PolicyResults, shortfall } from './ratios.js'
import { s3Fifo } from './s3-fifo.js'
import { sieve } from './sieve.js'
import { traces } from './traces.js'
import { wTinyLfu } from './w-tiny-lfu.js'

const sizes = [1, 5, 10] as const
const policies = { LRU: lru, SIEVE: sieve, 'S3-FIFO': s3Fifo, 'W-TinyLFU': wTinyLfu, Cachesmith: memory }

/** The hit ratio of the memory tier on generated traces, beside policies by their books. */
export const policy: Bench = {
  name: 'policy',
  about:
    'P8: hit ratio of the memory tier at 1, 5 and 10 % of the footprint, against LRU, SIEVE, S3-FIFO and W-TinyLFU; writes results/policy.json',
  rounds: 1,
  async run({ seed, quick, progress }) {
    const about = circumstances()
    const all = traces(seed)
    const cells: Cell[] = []
    for (const trace of all) {
      for (const size of sizes) {
        const capacity = (trace.footprint * size) / 100
        const percents = Object.fromEntries(
          Object.entries(policies).map(([name, policyOf]) => [name, round(hitPercent(policyOf, trace, capacity))]),
        )
        cells.push({ trace: trace.name, held: trace.held, size, percents })
        progress(cells.length, all.length * sizes.length)
      }
    }
    const results: PolicyResults = { ...about, seed, cells }
    if (!quick) writeResult('policy', results)
    const worst = Math.max(...cells.map((cell) => shortfall(cell, 'Cachesmith')))
    return {
      ok: worst <= 0,
      trials: all.reduce((sum, { requests }) => sum + requests.length, 0) * sizes.length,
      figures: {
        P8: Number(worst.toFixed(2)),
        ...Object.fromEntries(
          cells.flatMap(({ trace, size, percents }) =>
            Object.entries(percents).map(([name, percent]) => [`${trace}, ${size} %: ${name}`, percent]),
          ),
        ),
      },
      rows: cells.map(({ trace, size, percents, held }) => ({
        trace: `${trace}, ${size} %`,
        ...Object.fromEntries(Object.entries(percents).map(([name, percent]) => [name, percent.toFixed(1)])),
        'held against': held === 's3-fifo' ? 'S3-FIFO - 1' : 'the best - 3',
      })),
      verdict: `P8 is by how many points it falls short of what it is held against, at worst ${worst.toFixed(2)} (bound 0).`,
    }
  },
}

function round(n: number): number {
  return Number(n.toFixed(2))
}
