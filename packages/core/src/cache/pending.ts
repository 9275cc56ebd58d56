/** What a read of a key gives while writes on it are pending: nothing pending · a value folded over the cached one · unknown until they are drained. */
export type Overlaid =
  | { readonly kind: 'clean' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'flush' }

/** What the walk asks of write-behind: the cache does not know how it works. */
export interface Pending {
  /** The end of what is being read from the log; undefined: it is known. */
  readonly opening: Promise<void> | undefined
  dirty(key: string): boolean
  overlay(key: string, cached: unknown): Overlaid
  /** Another object after each beginning and end of a sink's call with writes of the key. */
  stamp(key: string): object | undefined
  /** The end of the sink's call under way with writes of the key; undefined: there is none. */
  call(key: string): Promise<void> | undefined
  /** No such call begins until the answer is called. */
  hold(key: string): () => void
  flush(key?: string): Promise<void>
  /** Acknowledged writes that are neither done nor dead. */
  pending(): number
  /** Wall time of the oldest of them. */
  oldest(): number | undefined
}

/** Writes of one operation that wait for a service, or for a release that can read them. */
export interface ParkedWrites {
  readonly operation: string
  readonly writes: number
  readonly reason: string
}

/** A write that was given up, as operators see it. Times are wall time, ms. */
export interface DeadLetter {
  readonly id: string
  readonly operation: string
  readonly enqueuedAt: number
  readonly diedAt: number
  readonly reason: string
  /** Calls of the sink that it was part of. */
  readonly attempts: number
  /** The key's and the arguments' text as the log has them; only where they were asked for: they may hold secrets. */
  readonly key?: string
  readonly payload?: string
}

/** Write-behind of one cache, for operators. */
export interface CacheWrites {
  /** Acknowledged writes that are neither done nor dead. */
  pending(): number
  /** Waits until what is pending now, of one key or of all, is done or dead. */
  flush(key?: unknown): Promise<void>
  /** Kept, but no service has bound them, or this release cannot read them. */
  parked(): readonly ParkedWrites[]
  /** What was given up; with `content` also its key and arguments. */
  deadLetters(options?: { /** @default false */ content?: boolean }): Promise<readonly DeadLetter[]>
  /** Runs a dead letter again; false when there is none. */
  replay(id: string): Promise<boolean>
  /** Forgets a dead letter; false when there is none. */
  discard(id: string): Promise<boolean>
}
