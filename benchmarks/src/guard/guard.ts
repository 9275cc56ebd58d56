import type { Bench, Run } from '../bench.js'
import { readResult, resultsFolder, writeResult } from '../results/file.js'
import { type Circumstances, circumstances } from '../results/machine.js'
import { guarded, type Judged, judge } from './judge.js'

/** `results/guard.json`: the ratios of P1 to P4 to hold. */
interface Committed extends Circumstances {
  readonly figures: Readonly<Record<string, number>>
}

const runs = 3

/** Runs the benches of P1 to P4 three times and holds the best of each against the committed one. */
export function guardOver(benches: readonly Bench[], folder = resultsFolder): Bench {
  return {
    name: 'guard',
    about:
      'Fails when the best of three medians of P1 to P4 has slipped by more than 60 % against results/guard.json (--record writes it)',
    rounds: 30,
    async run(asked) {
      const best = await bestOf(benches, asked)
      if (asked.record) {
        const committed: Committed = { ...circumstances(), figures: best }
        writeResult('guard', committed, folder)
      }
      const judged = judge(readResult<Committed>('guard', folder).figures, best)
      return {
        ok: judged.every(({ slipped }) => !slipped),
        trials: runs,
        figures: best,
        rows: judged.map(row),
        verdict: 'no figure may be more than 1.6 times the committed one.',
      }
    },
  }
}

async function bestOf(benches: readonly Bench[], { progress, ...asked }: Run): Promise<Record<string, number>> {
  const best: Record<string, number> = {}
  const chosen = benches.filter(({ name }) => guarded.includes(name))
  let done = 0
  for (let run = 0; run < runs; run++)
    for (const bench of chosen) {
      const { figures } = await bench.run({ ...asked, progress: () => {} })
      for (const [id, figure] of Object.entries(figures))
        if (/^P[1-4]$/.test(id)) best[id] = Math.min(best[id] ?? Infinity, figure)
      progress(++done, runs * chosen.length)
    }
  return best
}

function row({ id, committed, now, slipped }: Judged) {
  return {
    figure: id,
    committed: committed.toFixed(2),
    now: now?.toFixed(2) ?? 'not measured',
    slipped: slipped ? 'SLIPPED' : 'no',
  }
}
