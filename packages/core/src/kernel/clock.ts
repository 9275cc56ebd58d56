/** A timer that can be stopped; it never keeps the process alive. */
export interface Timer { stop(): void }

/**
 * Where all time comes from. `now` is wall time (ms since 1970, may jump), `monotonic` never goes back (ms, any origin).
 * The memory tier, flights and retries live on the monotonic clock; only what is stored bears wall time.
 */
export interface Clock {
  now(): number
  monotonic(): number
  after(ms: number, run: () => void): Timer
}

const longest = 2 ** 31 - 1

/** The clock of the machine. Delays beyond 24.8 days, which timers cannot hold, are taken in steps. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
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
