import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'

/** What calls at a steady rate have cost, ms each; `bare` is the same work without a cache, call by call. */
export interface Driven {
  readonly calls: number
  readonly ours: Float64Array
  readonly bare: Float64Array
  /** Calls that rejected: of a cache's trouble none ever should. */
  readonly rejections: readonly unknown[]
}

/** Makes so many calls a second for so long, whatever they cost: an open loop. */
export async function drive(
  perSecond: number,
  ms: number,
  call: (n: number) => Promise<unknown>,
  bare: (n: number) => Promise<unknown>,
): Promise<Driven> {
  const most = Math.ceil((perSecond * ms) / 1_000)
  const [ours, plain] = [new Float64Array(most), new Float64Array(most)]
  const rejections: unknown[] = []
  const from = performance.now()
  let calls = 0
  let under: Promise<unknown>[] = []
  const timed = (work: (n: number) => Promise<unknown>, n: number, costs: Float64Array) => {
    const began = performance.now()
    const note = () => {
      costs[n] = performance.now() - began
    }
    return work(n).then(note, (error: unknown) => {
      note()
      rejections.push(error)
    })
  }
  // One call in each turn of the event loop: what one costs is not counted again for those that wait behind it.
  while (calls < most) {
    const due = Math.min(most, Math.floor(((performance.now() - from) * perSecond) / 1_000))
    if (calls >= due) await pause(1)
    else {
      under.push(timed(bare, calls, plain), timed(call, calls, ours))
      calls++
      await turn()
    }
    if (under.length <= 20_000) continue
    await Promise.all(under)
    under = []
  }
  await Promise.all(under)
  return { calls, ours, bare: plain, rejections }
}

/** The value below which so much of the numbers lies. */
export function quantile(numbers: Float64Array | readonly number[], share: number): number {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Asks again until it is so, and answers how long that took, ms. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<number> {
  const from = performance.now()
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`${what}: not so after ${ms} ms`)
    await pause(1)
  }
  return performance.now() - from
}
