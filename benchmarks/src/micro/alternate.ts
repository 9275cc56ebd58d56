import { type Spread, spread } from './statistics.js'

/** One way to do a piece of work, so many calls of it in a row. */
export type Side = (calls: number) => Promise<unknown>

/** Takes the time of so many calls of a side: ns for one of them. */
export type Watch = (side: Side, calls: number) => Promise<number>

/** Two ways to do one piece of work. */
export interface Pair {
  readonly limit: Side
  readonly ours: Side
}

/** ns for one call, and the ratio of the two sides of a round. */
export interface Compared {
  readonly limit: Spread
  readonly ours: Spread
  readonly ratio: Spread
}

/** How many rounds, and how many ms one run of a side takes; a slow call may take longer. */
export interface Effort {
  readonly rounds: number
  readonly sideMs: number
}

/**
 * Both sides by turns, who is first alternating: what the machine does meanwhile hits both, and only the ratio within a round counts.
 * How many calls a side makes is found once, so that both take about as long.
 */
export async function alternate({ limit, ours }: Pair, effort: Effort, watch: Watch): Promise<Compared> {
  const limitCalls = await callsFor(limit, effort.sideMs, watch)
  const oursCalls = await callsFor(ours, effort.sideMs, watch)
  const times = { limit: [] as number[], ours: [] as number[], ratio: [] as number[] }
  for (let round = 0; round < effort.rounds; round++) {
    const first = round % 2 === 0 ? await watch(limit, limitCalls) : await watch(ours, oursCalls)
    const second = round % 2 === 0 ? await watch(ours, oursCalls) : await watch(limit, limitCalls)
    const [bare, cached] = round % 2 === 0 ? [first, second] : [second, first]
    times.limit.push(bare)
    times.ours.push(cached)
    times.ratio.push(cached / bare)
  }
  return { limit: spread(times.limit), ours: spread(times.ours), ratio: spread(times.ratio) }
}

/** Grows until a side takes a fifth of its time at least; that warms it up as well. */
async function callsFor(side: Side, sideMs: number, watch: Watch): Promise<number> {
  const wanted = sideMs * 1e6
  for (let calls = 1; ; calls *= 4) {
    const each = await watch(side, calls)
    if (each * calls >= wanted / 5) return Math.max(1, Math.round(wanted / each))
    if (calls > 1e7) throw new Error('A side takes no time at all: it does nothing.')
  }
}
