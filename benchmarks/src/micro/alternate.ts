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

/** How many rounds, how many ms one run of a side takes (a slow call may take longer), and how many a side runs before it counts. */
export interface Effort {
  readonly rounds: number
  readonly sideMs: number
  readonly warmMs: number
}

/**
 * Both sides by turns, who is first alternating: what the machine does meanwhile hits both, and only the ratio within a round counts.
 * How many calls a side makes is found once, so that both take about as long.
 */
export async function alternate({ limit, ours }: Pair, effort: Effort, watch: Watch): Promise<Compared> {
  const limitCalls = await callsFor(limit, effort, watch)
  const oursCalls = await callsFor(ours, effort, watch)
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

/** Grows until a side takes a fifth of its time at least, and until it is warm: what a compiler has seen a hundred times only is not what users run. */
async function callsFor(side: Side, { sideMs, warmMs }: Effort, watch: Watch): Promise<number> {
  const wanted = sideMs * 1e6
  let spent = 0
  for (let calls = 1; ; ) {
    const each = await watch(side, calls)
    spent += each * calls
    const isEnough = each * calls >= wanted / 5
    if (isEnough && spent >= warmMs * 1e6) return Math.max(1, Math.round(wanted / each))
    if (!isEnough) calls *= 4
    if (calls > 1e7) throw new Error('A side takes no time at all: it does nothing.')
  }
}
