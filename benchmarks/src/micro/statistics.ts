/** The middle of the numbers, and between which two the middle half of them lies. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spread(numbers: readonly number[]): Spread {
  return { median: quantile(numbers, 0.5), low: quantile(numbers, 0.25), high: quantile(numbers, 0.75) }
}

/** Between the two nearest ranks by straight line. @throws RangeError when there are no numbers */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new RangeError('A quantile of no numbers was asked for.')
  const sorted = numbers.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const low = sorted[below]!
  return low + (sorted[Math.ceil(place)]! - low) * (place - below)
}
