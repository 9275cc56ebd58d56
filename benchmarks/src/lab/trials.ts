import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { LabAsked } from './lab.js'

/** What came of a run of trials. */
export interface Tried {
  readonly trials: number
  readonly violations: number
  readonly first: string | undefined
}

/** Yields this often, ms: progress shows, and `seconds` are kept. */
const slice = 100

/**
 * Runs trial after trial, each with a seed of its own (that of the run plus its number), so that a trial can be run alone. A trial
 * answers what was violated, or undefined; what it throws is a violation too. Stacks are kept short meanwhile: most trials make errors.
 */
export async function tryAll(
  asked: LabAsked,
  trial: (seed: number) => string | undefined | Promise<string | undefined>,
): Promise<Tried> {
  const ends = asked.seconds === undefined ? Infinity : performance.now() + asked.seconds * 1_000
  let violations = 0
  let first: string | undefined
  let done = 0
  let yieldAt = performance.now() + slice
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 3
  while (done < asked.trials) {
    const seed = (asked.seed + done) >>> 0
    let found: string | undefined
    try {
      const answer = trial(seed)
      found = answer instanceof Promise ? await answer : answer
    } catch (error) {
      found = `the trial threw ${error instanceof Error ? error.stack : inspect(error)}`
    }
    done++
    if (found !== undefined) {
      violations++
      first ??= `seed ${seed} (--seed ${seed} --trials 1): ${found}`
    }
    if ((done & 15) !== 0) continue
    const now = performance.now()
    if (now < yieldAt) continue
    asked.progress(done, violations)
    await setImmediate()
    yieldAt = performance.now() + slice
    if (now >= ends) break
  }
  Error.stackTraceLimit = stackTraceLimit
  asked.progress(done, violations)
  return { trials: done, violations, first }
}

/** Starts a watch; it answers the ms since, by the wall or by this process's own work, whichever is less: others' load is not meant. */
export function watch(): () => number {
  const wall = performance.now()
  const work = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(work)
    return Math.min(performance.now() - wall, (user + system) / 1_000)
  }
}

/** A value as a violation shows it. */
export function shown(value: unknown): string {
  const text = inspect(value, { depth: 8, breakLength: Infinity, maxStringLength: 300, maxArrayLength: 40 })
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text
}
