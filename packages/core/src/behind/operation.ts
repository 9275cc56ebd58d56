/** What a sink gets: one write, coalesced. `id` is its idempotency key: the same over retries, bisected batches and restarts. */
export interface Write<A extends readonly any[] = any[]> {
  readonly id: string
  readonly key: readonly unknown[]
  readonly args: A
}

/** Where the writes of one operation go. What it answers is ignored; whatever it throws is a failed attempt. */
export interface Sink {
  one(write: Write): Promise<unknown>
  /** Takes two or more at once; it fails as a whole. */
  many?(batch: Write[]): Promise<unknown>
}

/** One write-behind method, by the stable name under which a log keeps its writes. */
export interface Operation {
  readonly name: string
  readonly payloadVersion: number
  /** False: each write is a call of its own. */
  readonly coalesce: boolean
  /** Folds two neighbours into one list of arguments; without it the newer wins. */
  readonly merge?: (older: readonly unknown[], newer: readonly unknown[]) => readonly unknown[]
  /** What a read gives while a write is pending. */
  readonly value?: (cached: unknown, ...args: unknown[]) => unknown
  readonly flushEvery?: number
  readonly maxBatch?: number
  /** Missing until the service is there. */
  readonly sink?: Sink
  /** Brings arguments that an earlier release logged to this one's shape. */
  readonly upcast?: (args: readonly unknown[], fromVersion: number) => readonly unknown[]
}
