import type { Compared } from '../micro/alternate.js'
import type { Circumstances } from '../results/machine.js'
import type { Size } from '../size/size.js'
import type { Settings, Tier } from './contestant.js'
import type { ContestantId } from './contestants.js'
import { type Mark, right } from './probes.js'

/** What one library did under one choice of settings. */
export interface Outcome {
  marks: Partial<Record<Tier, Readonly<Record<string, Mark>>>>
  works: Record<string, Compared>
  /** Works that broke, or whose hits were none. */
  faults: Record<string, string>
}

export interface Entrant extends Size {
  readonly id: ContestantId
  readonly name: string
  readonly versions: Readonly<Record<string, string>>
  readonly best: string | undefined
  readonly outcomes: Partial<Record<Settings, Outcome>>
}

/** `results/compare.json`. */
export interface Comparison extends Circumstances {
  readonly redis: string
  readonly seed: number
  readonly rounds: number
  readonly entrants: readonly Entrant[]
}

/** Of all tiers on which a library was asked: `right`, or what is wrong and where. */
export function markOf(outcome: Outcome, probe: string): Mark {
  const wrong = new Map<Mark, Tier[]>()
  for (const [tier, marks] of Object.entries(outcome.marks) as [Tier, Record<string, Mark>][]) {
    const mark = marks[probe] ?? 'not asked'
    if (mark !== right) wrong.set(mark, [...(wrong.get(mark) ?? []), tier])
  }
  if (wrong.size === 0) return right
  const all = Object.keys(outcome.marks).length
  return [...wrong]
    .map(([mark, tiers]) =>
      tiers.length === all ? mark : `${mark} (${tiers.map((tier) => tierName[tier]).join(', ')})`,
    )
    .join('; ')
}

export const tierName: Readonly<Record<Tier, string>> = { memory: 'memory', redis: 'Redis', both: 'memory and Redis' }

/** A ratio as it is printed. */
export function ratioText(ratio: number): string {
  return ratio < 10 ? `${ratio.toFixed(2)}x` : `${Math.round(ratio).toLocaleString('en')}x`
}
