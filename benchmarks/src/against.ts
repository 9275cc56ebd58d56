import type { Result, Row } from './bench.js'
import { measure, type Pair } from './paired.js'

/** What a paired bench has to say: its figure is the worst of its pairs that have a bound. */
export interface Claim {
  readonly figure: string
  readonly bound: number
  readonly rounds: number
  readonly progress: (done: number, of: number) => void
  /** Loads that must not have happened; more than none, and the figures mean nothing. */
  readonly missed: () => number
  /** What else is told, after the bound. */
  readonly told?: () => string
}

/** Measures pairs against their limits and holds the worst ratio against the bound. */
export async function against(pairs: readonly Pair[], claim: Claim): Promise<Result> {
  const { figure, bound, rounds, progress } = claim
  const measured = await measure(pairs, rounds, (done) => progress(done, rounds))
  const worst = Math.max(...measured.filter((_, at) => pairs[at]!.aside === undefined).map(({ ratio }) => ratio))
  const aside = pairs.flatMap((pair, at) =>
    pair.aside === undefined ? [] : [[pair.aside, Number(measured[at]!.ratio.toFixed(2))] as const],
  )
  const missed = claim.missed()
  const rows: Row[] = measured.map(({ label, limit, ours, ratio, quartiles, best }) => ({
    call: label,
    'limit ns': Math.round(limit),
    'ours ns': Math.round(ours),
    ratio: ratio.toFixed(2),
    quartiles: quartiles.map((q) => q.toFixed(2)).join(' to '),
    'at best': best.toFixed(2),
  }))
  return {
    ok: missed === 0 && worst <= bound,
    trials: rounds * pairs.reduce((sum, { calls }) => sum + 2 * calls, 0),
    figures: { [figure]: Number(worst.toFixed(2)), ...Object.fromEntries(aside) },
    rows,
    verdict:
      missed > 0
        ? `${missed} calls were no hits: the figures mean nothing.`
        : `${figure} is the largest ratio, its bound ${bound.toFixed(2)}.${claim.told === undefined ? '' : ` ${claim.told()}`}`,
  }
}
