/*
 * Whether the history of one key could have happened: Wing & Gong's search ("Testing and verifying atomic objects", 1993) for an
 * order of the operations that keeps their order in time and in which every read answers what it may, with the states that were
 * tried before remembered, as Lowe does ("Testing for linearizability", 2017). A key is a register whose writes are unique.
 */

/** One operation on one key, from its call to its answer. A write ends with the acknowledgement of its invalidation. */
export interface Operation {
  readonly kind: 'read' | 'write'
  readonly process: number
  /** What was read, or written; every write writes another one. */
  readonly value: number
  readonly start: number
  readonly end: number
  /** For a read that joined a load: when the load may have begun. */
  readonly joined?: number
}

/**
 * What is asked of a history.
 *
 * `atomic`: a register; each operation happens at one moment within its interval.
 *
 * `two steps`: a write is two moments within its interval. From the first (the database has it) reads may answer the new value or
 * those before it; from the second (the invalidation is done) no older one. So a reader may see the new value and a later one the old
 * value, but only while that write is not acknowledged: no cache beside a database can know of it earlier.
 *
 * `joined`: and for what other processes did, a read counts from the beginning of the load that it joined. Their invalidations are heard
 * within a second (promise 1); a load that began before them may be joined until then, and its value be older than what others read.
 * For what its own process did, a read counts from its call; but for a read that took part in a load which is older still than the one
 * that it joined: that load was fenced off, read its source late, and what it saw is not kept.
 */
export type Demand = 'atomic' | 'two steps' | 'joined'

interface Step {
  readonly operation: Operation
  readonly kind: 'read' | 'write' | 'written' | 'acknowledged'
  /** The steps that come before it, as a set of bits. */
  before: number
}

/** Of the history of one key: a read is one step, a write is two. */
export const mostSteps = 31

/** Whether an order of the operations exists that meets the demand; `first` is what the key held before them. */
export function isPossible(history: readonly Operation[], first: number, demand: Demand): boolean {
  const steps = stepsOf(history, demand)
  if (steps.length > mostSteps) throw new Error(`a history of ${steps.length} steps is too long for the search`)
  return search(steps, 0, [first], new Set())
}

function stepsOf(history: readonly Operation[], demand: Demand): Step[] {
  const steps: Step[] = []
  for (const operation of history) {
    if (operation.kind === 'read') steps.push({ operation, kind: 'read', before: 0 })
    else if (demand === 'atomic') steps.push({ operation, kind: 'write', before: 0 })
    else {
      steps.push({ operation, kind: 'written', before: 0 })
      steps.push({ operation, kind: 'acknowledged', before: 1 << (steps.length - 1) })
    }
  }
  for (const step of steps)
    for (const [i, other] of steps.entries())
      if (precedes(other.operation, step.operation, demand)) step.before |= 1 << i
  return steps
}

function precedes(a: Operation, b: Operation, demand: Demand): boolean {
  const joins = demand === 'joined' && b.kind === 'read'
  if (!joins) return a.end < b.start
  const since = b.joined ?? b.start
  const isOlderLoad = a.kind === 'read' && (a.joined ?? a.start) < since
  return a.end < (a.process !== b.process || isOlderLoad ? since : b.start)
}

/** `admitted` are the values that a read may answer now, in the order in which they were written. */
function search(steps: readonly Step[], done: number, admitted: readonly number[], tried: Set<string>): boolean {
  const all = 2 ** steps.length - 1
  const open = (step: Step, i: number) => (done & (1 << i)) === 0 && (step.before & ~done) === 0
  // A read that may go now changes nothing: if there is an order, there is one in which it goes now.
  for (let found = true; found; ) {
    found = false
    for (const [i, step] of steps.entries()) {
      if (step.kind !== 'read' || !open(step, i) || !admitted.includes(step.operation.value)) continue
      done |= 1 << i
      found = true
    }
  }
  if (done === all) return true
  const state = `${done} ${admitted.join(' ')}`
  if (tried.has(state)) return false
  tried.add(state)
  return steps.some(
    (step, i) => step.kind !== 'read' && open(step, i) && search(steps, done | (1 << i), after(step, admitted), tried),
  )
}

function after({ kind, operation }: Step, admitted: readonly number[]): readonly number[] {
  if (kind === 'write') return [operation.value]
  if (kind === 'written') return [...admitted, operation.value]
  const at = admitted.indexOf(operation.value)
  return at < 0 ? admitted : admitted.slice(at)
}
