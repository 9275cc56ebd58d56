import { performance } from 'node:perf_hooks'

/** A timer that can be stopped; it never keeps the process alive. */
export interface Timer {
  stop(): void
}

/**
 * Where all time comes from. `now` is wall time (ms since 1970, may jump), `monotonic` never goes back (ms, any origin).
 * The memory tier, flights and retries live on the monotonic clock; only what is stored bears wall time.
 */
export interface Clock {
  now(): number
  monotonic(): number
  /** Monotonic time as of this turn of the event loop, for the hit path, where a true look costs a third of a hit. @default monotonic */
  coarse?(): number
  after(ms: number, run: () => void): Timer
}

const longest = 2 ** 31 - 1

let turn = -1
let looks = 0

/** One true look for each turn of the event loop, and for each 64 asks within one. */
function coarse(): number {
  if (turn >= 0 && (++looks & 63) !== 0) return turn
  if (turn < 0) setImmediate(endTurn).unref()
  turn = performance.now()
  return turn
}

function endTurn(): void {
  turn = -1
}

/** The clock of the machine. Delays beyond 24.8 days, which timers cannot hold, are taken in steps. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  coarse,
  after(ms, run) {
    let left = ms
    let handle: NodeJS.Timeout
    const arm = () => {
      const step = Math.min(left, longest)
      left -= step
      handle = setTimeout(() => (left > 0 ? arm() : run()), step)
      handle.unref()
    }
    arm()
    return { stop: () => clearTimeout(handle) }
  },
}
