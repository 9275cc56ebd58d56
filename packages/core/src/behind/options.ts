/** What a submit does when `maxPending` writes are pending. */
export type WhenFull = 'wait' | 'reject' | 'writeThrough'

/** The resolved write-behind options of one cache; durations in ms. */
export interface WritesOptions {
  /** @default 1000 */
  readonly flushEvery: number
  /** Writes of one call of a sink that takes many. @default 100 */
  readonly maxBatch: number
  /** Acknowledged writes that are neither done nor dead. @default 10000 */
  readonly maxPending: number
  /** `wait` waits one second at most, then rejects. @default 'wait' */
  readonly whenFull: WhenFull
  /** Failures of a write on its own before it is given up. @default 5 */
  readonly attempts: number
  /** First pause after a failure; doubles up to 30 s. @default 200 */
  readonly backoff: number
  /** Calls under way at once, each of other keys. @default 4 */
  readonly concurrency: number
  /** Of one call; a later answer is ignored. @default 30000 */
  readonly timeout: number
  /** Calls per second over all operations of the cache. @default no limit */
  readonly rate?: number
}

/** What a user who says nothing gets. */
export const defaultWritesOptions: WritesOptions = {
  flushEvery: 1000,
  maxBatch: 100,
  maxPending: 10_000,
  whenFull: 'wait',
  attempts: 5,
  backoff: 200,
  concurrency: 4,
  timeout: 30_000,
}
