import { setTimeout as sleep } from 'node:timers/promises'
import { LowMark } from './low-mark.js'
import type { WarmTask } from './warm-task.js'

/** How one run of a task went. */
export interface WarmCounts {
  /** Calls that ended, well or not. */
  called: number
  failed: number
  /** The first few of what failed, as text. */
  readonly failures: string[]
  /** All before this one are done. */
  mark: number
}

export interface WarmRun {
  readonly task: WarmTask<readonly unknown[]>
  readonly concurrency: number
  readonly rate: number | undefined
  /** How many to leave out at the start. */
  readonly skip: number
  /** Falls when the run is to end early: what is under way is waited for. */
  readonly signal: AbortSignal
  readonly progress: (counts: WarmCounts) => void
}

const shownFailures = 5

/** Calls the task with each of its argument lists, a bounded number at a time. */
export async function warmAll({ task, concurrency, rate, skip, signal, progress }: WarmRun): Promise<WarmCounts> {
  const counts: WarmCounts = { called: 0, failed: 0, failures: [], mark: skip }
  const low = new LowMark(skip)
  const underWay = new Set<Promise<void>>()
  const started = performance.now()
  let index = 0
  for await (const args of await task.each()) {
    if (signal.aborted) break
    const at = index++
    if (at < skip) continue
    if (underWay.size >= concurrency) await Promise.race(underWay)
    if (rate !== undefined) await pause(started + ((at - skip) * 1000) / rate, signal)
    if (signal.aborted) break
    const call = one(task, args, counts).then(() => {
      low.done(at)
      counts.called++
      counts.mark = low.value
      underWay.delete(call)
      progress(counts)
    })
    underWay.add(call)
  }
  await Promise.all(underWay)
  return counts
}

async function one(task: WarmTask<readonly unknown[]>, args: readonly unknown[], counts: WarmCounts): Promise<void> {
  try {
    await task.run(...args)
  } catch (error) {
    counts.failed++
    if (counts.failures.length < shownFailures)
      counts.failures.push(error instanceof Error ? error.message : String(error))
  }
}

async function pause(until: number, signal: AbortSignal): Promise<void> {
  const left = until - performance.now()
  if (left > 0) await sleep(left, undefined, { signal }).catch(() => {})
}
