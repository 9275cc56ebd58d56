import { seeded } from '../random.js'

/** A row of requests; a key is a number below the footprint. */
export interface Trace {
  readonly name: string
  /** What the goal of P8 asks of it: the reference S3-FIFO's figure, or nearly the best of all. */
  readonly held: 's3-fifo' | 'best'
  readonly footprint: number
  readonly requests: Uint32Array
}

/** Every trace, all of one length, the same for one seed. The loop's footprint is a quarter, so that it goes round a few times. */
export function traces(seed: number, footprint = 100_000, length = 300_000): Trace[] {
  const make = (name: string, held: Trace['held'], next: (at: number) => number, of = footprint): Trace => {
    const requests = new Uint32Array(length)
    for (let at = 0; at < length; at++) requests[at] = next(at)
    return { name, held, footprint: of, requests }
  }
  const random = seeded(seed)
  const ranks = (skew: number) => zipf(skew, footprint, random)
  const shifts = ranks(1)
  const drifts = ranks(1)
  const scanned = ranks(0.9)
  const moved = (rank: number, by: number) => (rank + Math.floor(by)) % footprint
  return [
    ...[0.7, 0.9, 1.1].map((skew) => make(`zipf ${skew}`, 's3-fifo', ranks(skew))),
    make('shifting hot set', 's3-fifo', (at) => moved(shifts(), Math.floor((at * 12) / length) * (footprint / 12))),
    make('drifting hot set', 's3-fifo', (at) => moved(drifts(), at / 20)),
    make('zipf 0.9 and scans', 'best', scans(scanned, footprint)),
    make('loop', 'best', (at) => at % (footprint / 4), footprint / 4),
  ]
}

/** Ranks from 0, the nth as likely as 1 / n ** skew, by its cumulated sums. */
export function zipf(skew: number, size: number, random: () => number): () => number {
  const sums = new Float64Array(size)
  let sum = 0
  for (let rank = 0; rank < size; rank++) sums[rank] = sum += 1 / (rank + 1) ** skew
  return () => {
    const point = random() * sum
    let low = 0
    let high = size - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > point) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Of every 20,000 requests the last 5,000 walk on through all keys, each read once: a report, an export. */
function scans(hot: () => number, footprint: number): (at: number) => number {
  let place = 0
  return (at) => (at % 20_000 < 15_000 ? hot() : place++ % footprint)
}
