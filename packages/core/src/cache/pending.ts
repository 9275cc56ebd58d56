/** What a read of a key gives while writes on it are pending: nothing pending · a value folded over the cached one · unknown until they are drained. */
export type Overlaid =
  | { readonly kind: 'clean' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'flush' }

/** What the walk asks of write-behind: the cache does not know how it works. */
export interface Pending {
  dirty(key: string): boolean
  overlay(key: string, cached: unknown): Overlaid
  flush(key?: string): Promise<void>
}

/** A write that was given up, as operators see it. */
export interface DeadLetter {
  readonly id: string
  readonly operation: string
  readonly enqueuedAt: number
  readonly diedAt: number
  readonly reason: string
}

/** Write-behind of one cache, for operators. */
export interface CacheWrites {
  /** Acknowledged writes that are neither done nor dead. */
  pending(): number
  /** Waits until what is pending now, of one key or of all, is done or dead. */
  flush(key?: unknown): Promise<void>
  deadLetters(): Promise<readonly DeadLetter[]>
  /** Runs a dead letter again; false when there is none. */
  replay(id: string): Promise<boolean>
  /** Forgets a dead letter; false when there is none. */
  discard(id: string): Promise<boolean>
}
