import { judge, type Judgement } from './judge.js'
import type { Delivery } from './sink.js'

/** When a write was asked for and when it was acknowledged, ms, by the clock that all processes of the machine share. */
export interface Ack {
  readonly asked: number
  readonly acked: number
}

const most = 1_000_000

/** The number of a member's `n`th operation: no two of a fleet have the same. */
export const numberOf = (member: number, n: number): number => member * most + n

export const memberOf = (number: number): number => Math.floor(number / most)

/**
 * What is wrong with what the sink of a fleet got. It keeps each id once, as a sink must where a call of a process that was stopped may come
 * late; what is left must be in the order in which each process wrote, and, over processes, in that in which calls followed acknowledgements.
 */
export function judgeFleet(acks: ReadonlyMap<number, Ack>, deliveries: readonly Delivery[]): Judgement {
  const seen = new Set<string>()
  const firsts: Delivery[] = []
  for (const delivery of deliveries) {
    if (seen.has(delivery.id)) continue
    seen.add(delivery.id)
    firsts.push(delivery)
  }
  const { lost, inversions } = judge(new Set(acks.keys()), firsts.flatMap(byWriter))
  const { doubled } = judge(new Set(), deliveries)
  return {
    lost,
    inversions: [...inversions, ...overtakings(acks, firsts)],
    doubled,
    repeats: deliveries.length - firsts.length,
  }
}

/** One delivery for each process whose numbers are in it. */
function byWriter({ id, key, numbers }: Delivery): Delivery[] {
  const writers = [...new Set(numbers.map(memberOf))]
  return writers.map((writer) => ({
    id: `${id} of ${writer}`,
    key: `${key} of ${writer}`,
    numbers: numbers.filter((number) => memberOf(number) === writer),
  }))
}

/** Writes that ran behind one that was asked for after they were acknowledged. */
function overtakings(acks: ReadonlyMap<number, Ack>, firsts: readonly Delivery[]): string[] {
  const found: string[] = []
  const latest = new Map<string, { asked: number; number: number }>()
  for (const { key, numbers } of firsts) {
    for (const number of numbers) {
      const ack = acks.get(number)
      if (ack === undefined) continue
      const before = latest.get(key)
      if (before !== undefined && ack.acked < before.asked)
        found.push(`${key}: ${before.number} ran before ${number}, which was acknowledged before it was asked for`)
      if (before === undefined || ack.asked > before.asked) latest.set(key, { asked: ack.asked, number })
    }
  }
  return found
}
