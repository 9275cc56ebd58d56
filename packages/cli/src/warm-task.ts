/** What `cachesmith warm <name>` runs: a cached method, and where its arguments come from. */
export interface WarmTask<A extends readonly unknown[] = readonly never[]> {
  /** The cached method: `(id) => cities.find(id)`. What it answers is not looked at. */
  readonly run: (...args: A) => unknown
  /** Argument lists, always in the same order, so that a run that was cut short can be resumed: `() => db.ids().map((id) => [id])`. */
  readonly each: () => Iterable<A> | AsyncIterable<A> | Promise<Iterable<A>>
  /** How many there are, for the bar; without it the bar has no end. */
  readonly total?: number | (() => number | Promise<number>) | undefined
  /** Calls at a time. @default 8 */
  readonly concurrency?: number | undefined
  /** Calls begun per second at most. @default no limit */
  readonly rate?: number | undefined
}
