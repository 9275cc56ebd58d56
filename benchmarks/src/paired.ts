import { collectYoung } from './micro/collect.js'

/** Two ways to do the same work. Each side runs its own loop over it, so that the compiler sees each call site alone. */
export interface Pair {
  readonly label: string
  /** A figure of its own, which no bound holds. */
  readonly aside?: string
  /** Calls of one run of a side. */
  readonly calls: number
  /** What stands ready before a round, in no time that counts. */
  readonly before?: () => unknown
  readonly limit: () => Promise<unknown>
  readonly ours: () => Promise<unknown>
}

/** Medians over the rounds: ns for one call, and the ratio of the two sides of a round. */
export interface Measured {
  readonly label: string
  readonly limit: number
  readonly ours: number
  readonly ratio: number
  /** The quarter of the ratios below which, and above which, they lie. */
  readonly quartiles: readonly [low: number, high: number]
  /** The ratio of the shortest runs: what else the machine does only ever adds. */
  readonly best: number
}

/** Runs both sides of each pair in turn, the first of a round alternating; what the machine does meanwhile hits both. */
export async function measure(
  pairs: readonly Pair[],
  rounds: number,
  progress: (done: number) => void,
): Promise<Measured[]> {
  const times = pairs.map(() => ({ limit: [] as number[], ours: [] as number[], ratio: [] as number[] }))
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, pair] of pairs.entries()) {
      await pair.before?.()
      const { limit, ours } = round % 2 === 0 ? await limitFirst(pair) : await oursFirst(pair)
      if (round < 0) continue
      times[i]!.limit.push(limit)
      times[i]!.ours.push(ours)
      times[i]!.ratio.push(ours / limit)
    }
    if (round >= 0) progress(round + 1)
  }
  return pairs.map(({ label }, i) => {
    const { limit, ours, ratio } = times[i]!
    const quartiles = [quantile(ratio, 0.25), quantile(ratio, 0.75)] as const
    const best = Math.min(...ours) / Math.min(...limit)
    return { label, limit: median(limit), ours: median(ours), ratio: median(ratio), quartiles, best }
  })
}

const warmUp = 10

async function limitFirst(pair: Pair) {
  const limit = await nanoseconds(pair.limit, pair.calls)
  return { limit, ours: await nanoseconds(pair.ours, pair.calls) }
}

async function oursFirst(pair: Pair) {
  const ours = await nanoseconds(pair.ours, pair.calls)
  return { limit: await nanoseconds(pair.limit, pair.calls), ours }
}

/** Young garbage is collected first: what one side leaves is not for the other to clear away. */
async function nanoseconds(side: () => Promise<unknown>, calls: number): Promise<number> {
  collectYoung()
  const started = process.hrtime.bigint()
  await side()
  return Number(process.hrtime.bigint() - started) / calls
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * share)]!
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
