import { progressBar } from './progress.js'
import type { Session } from './session.js'
import type { Truth } from './truth.js'
import { answer, type Call, type Method, methods, nameOf } from './workload.js'

export interface MethodFigures {
  readonly name: Method
  readonly calls: number
  readonly sourceCalls: number
  readonly hitRate: number
  /** Median time of a call that reached the source. */
  readonly coldMs: number
  /** Median time of a call that memory answered. */
  readonly warmUs: number
}

export interface Measured {
  readonly figures: MethodFigures[]
  /** The different calls among all, by method, each once. */
  readonly seen: ReadonlyMap<Method, readonly Call[]>
  readonly visitsRecorded: number
}

const batches = 40
const callsPerBatch = 250

/** Runs the workload, one call after the other, then measures hits. */
export async function measure(session: Session, truth: Truth, calls: readonly Call[]): Promise<Measured> {
  const { service, source } = session
  const tallies = new Map(methods.map((method) => [method, { calls: 0, sourceCalls: 0, cold: [] as number[] }]))
  const seen = new Map(methods.map((method) => [method, new Map<string, Call>()]))
  let visitsRecorded = 0
  const bar = progressBar('Workload', calls.length)
  for (const call of calls) {
    const before = source.calls[call.method]
    const start = performance.now()
    const answered = await answer(service, call)
    const took = performance.now() - start
    const reached = source.calls[call.method] - before
    await truth.check(call, answered)
    seen.get(call.method)?.set(nameOf(call), call)
    const tally = tallies.get(call.method)
    if (tally !== undefined) {
      tally.calls++
      tally.sourceCalls += reached
      if (reached > 0) tally.cold.push(took)
    }
    if (call.method === 'find') {
      await service.recordVisit(call.args[0], 1)
      visitsRecorded++
    }
    bar.increment()
  }
  bar.stop()

  const figures: MethodFigures[] = []
  for (const [name, tally] of tallies) {
    const distinct = [...(seen.get(name)?.values() ?? [])]
    figures.push({
      name,
      calls: tally.calls,
      sourceCalls: tally.sourceCalls,
      hitRate: 1 - tally.sourceCalls / tally.calls,
      coldMs: median(tally.cold),
      warmUs: await medianHit(session, truth, name, distinct),
    })
  }
  return { figures, visitsRecorded, seen: new Map([...seen].map(([method, named]) => [method, [...named.values()]])) }
}

/** A hit is shorter than the clock can tell: many are timed together, and all are compared after the clock has stopped. */
async function medianHit(session: Session, truth: Truth, method: Method, distinct: readonly Call[]): Promise<number> {
  const { service, source } = session
  const perCall: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const calls = Array.from(
      { length: callsPerBatch },
      (_, index) => distinct[(batch + index) % distinct.length] as Call,
    )
    const answers = new Array<unknown>(calls.length)
    const before = source.calls[method]
    const start = performance.now()
    for (let index = 0; index < calls.length; index++) answers[index] = await answer(service, calls[index] as Call)
    const took = performance.now() - start
    if (source.calls[method] === before) perCall.push((took * 1_000) / calls.length)
    for (const [index, call] of calls.entries()) await truth.check(call, answers[index])
  }
  return median(perCall)
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >>> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
