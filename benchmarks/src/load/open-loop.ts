import { quantile } from '../micro/statistics.js'

/** ms from the intended arrival to the answer, over all requests that were answered. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly requests: number
  /** Requests that were rejected. */
  readonly rejected: number
}

/** How an open loop knows the time, and waits for the next turn. */
export interface Pace {
  readonly now: () => number
  readonly turn: () => Promise<void>
}

const real: Pace = { now: () => performance.now(), turn: () => new Promise((go) => setImmediate(go)) }

/**
 * Sends each request when it is due, however slow the answers are; the wait of a request that was sent late counts from when it was
 * intended, so that a stall is felt by all who would have come during it.
 */
export async function openLoop(
  times: readonly number[],
  send: (n: number) => Promise<unknown>,
  { now, turn }: Pace = real,
): Promise<Latencies> {
  const waits: number[] = []
  let rejected = 0
  const started = now()
  const under: Promise<void>[] = []
  for (let n = 0; n < times.length; ) {
    if (now() - started < times[n]!) await turn()
    else {
      const due = started + times[n]!
      const sent = send(n++).then(
        () => void waits.push(now() - due),
        () => void rejected++,
      )
      under.push(sent)
    }
  }
  await Promise.all(under)
  const at = (share: number) => (waits.length === 0 ? Number.NaN : quantile(waits, share))
  return { p50: at(0.5), p99: at(0.99), max: at(1), requests: times.length, rejected }
}
