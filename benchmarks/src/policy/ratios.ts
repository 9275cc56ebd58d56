import type { Circumstances } from '../results/machine.js'
import type { PolicyOf } from './reference.js'
import type { Trace } from './traces.js'

/** The share of a trace's requests that were hits, in per cent. */
export function hitPercent(policyOf: PolicyOf, trace: Trace, capacity: number): number {
  const policy = policyOf(capacity)
  let hits = 0
  for (const key of trace.requests) if (policy.request(key)) hits++
  if (policy.size > capacity) throw new Error(`${policy.name} holds ${policy.size} of ${capacity}.`)
  return (100 * hits) / trace.requests.length
}

/** Hit ratios in per cent of one trace at one size. */
export interface Cell {
  readonly trace: string
  readonly held: Trace['held']
  /** Of the footprint, in per cent. */
  readonly size: number
  readonly percents: Readonly<Record<string, number>>
}

/** `results/policy.json`. */
export interface PolicyResults extends Circumstances {
  readonly seed: number
  readonly cells: readonly Cell[]
}

/** By how many points ours is behind what it is held against, as it may be: at most 0 is kept. */
export function shortfall({ held, percents }: Cell, ours: string): number {
  const { [ours]: own = 0, ...others } = percents
  return held === 's3-fifo' ? others['S3-FIFO']! - 1 - own : Math.max(...Object.values(others)) - 3 - own
}
