import type { Delivery } from './sink.js'

/** What is wrong with what a sink got, against what was acknowledged. */
export interface Judgement {
  /** G6: acknowledged and never delivered. */
  readonly lost: readonly number[]
  /** G8: first deliveries that came after a later one of their key, and keys whose last delivery is not their newest. */
  readonly inversions: readonly string[]
  /** Operations that arrived under more than one idempotency key. */
  readonly doubled: readonly number[]
  /** Deliveries under an idempotency key that had been delivered before: allowed, and counted. */
  readonly repeats: number
}

/** The numbers of a key rise with its operations, and so must its deliveries; a sink that knows idempotency keys ignores repeats. */
export function judge(acknowledged: ReadonlySet<number>, deliveries: readonly Delivery[]): Judgement {
  const idOf = new Map<number, string>()
  const newest = new Map<string, number>()
  const latest = new Map<string, number>()
  const seen = new Set<string>()
  const inversions: string[] = []
  const doubled: number[] = []
  for (const { id, key, numbers } of deliveries) {
    const before = newest.get(key) ?? 0
    const [first = 0] = numbers
    const last = Math.max(...numbers)
    const rises = numbers.every((number, at) => at === 0 || number > numbers[at - 1]!)
    if (!rises || (!seen.has(id) && first < before))
      inversions.push(`${key}: ${numbers.join(' ')} (${id}) after ${before}`)
    for (const number of numbers) {
      if ((idOf.get(number) ?? id) !== id) doubled.push(number)
      idOf.set(number, id)
    }
    seen.add(id)
    newest.set(key, Math.max(before, last))
    latest.set(key, last)
  }
  for (const [key, number] of newest)
    if (latest.get(key) !== number)
      inversions.push(`${key}: its last delivery is ${latest.get(key)}, its newest ${number}`)
  const lost = [...acknowledged].filter((number) => !idOf.has(number))
  return { lost, inversions, doubled, repeats: deliveries.length - seen.size }
}
