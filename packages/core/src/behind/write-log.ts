/** One acknowledged operation, as a log keeps it. `payload` is the codec's text of the arguments; `key` the canonical text of its key. */
export interface LoggedWrite {
  /** Unique; ids of one log sort in the order they were appended. */
  readonly id: string
  readonly cache: string
  readonly key: string
  /** Stable name: `Class.method`, or the decorator's `operation`. */
  readonly operation: string
  readonly payloadVersion: number
  readonly payload: string
  /** Wall time, ms. */
  readonly enqueuedAt: number
  /** Set once a drain has begun: all writes of one group run as one call, again and again until it is done, under this id. */
  readonly group?: string
  /** Drains that began so far. */
  readonly attempts: number
}

/** An operation that was given up. */
export interface DeadWrite extends LoggedWrite {
  readonly diedAt: number
  readonly reason: string
}

/** What `append` answers when the log has the writes already: their caller need not wait for anything. */
export const taken: Promise<void> = Promise.resolve()

/** What a log that processes share tells the manager in one of them. The log calls these one after another, none before `share`. */
export interface LogMember {
  /** This process drains from now on, and no other: these are all pending writes, in the order of append. */
  lead(writes: readonly LoggedWrite[]): void
  /** Writes of other processes, to the one that drains: behind all of its own that are acknowledged, before all that are not. */
  arrived(writes: readonly LoggedWrite[]): void
  /** Another process drains from now on. These are this one's own that are pending as far as it knows. */
  follow(own: readonly string[]): void
  /** The process that drains has done these, or buried them; to the others. */
  gone(ids: readonly string[]): void
}

/** A manager that waits for a log which another process drains. */
export interface OwnWait {
  /** It waits no longer. */
  readonly ended: AbortSignal
  /** To be called when there is need to wait. */
  busy(): void
}

/**
 * Where acknowledged writes live until they are done. `append` resolves only when they are as durable as the log promises.
 * Every verb rejects when its outcome is unknown.
 */
export interface WriteLog {
  readonly name: string
  /** False: acknowledged writes die with the process. */
  readonly durable: boolean
  /** Once it is open: why it may lose what it acknowledges, with what to do. @default nothing is known of */
  readonly caveat?: string | undefined
  open(): Promise<void>
  /**
   * Takes the log for this manager alone, until it is closed. While another process drains it, this waits as long as the log says, then
   * rejects. @default nobody else can
   */
  own?(wait?: OwnWait): Promise<void>
  /**
   * Instead of `own`: the processes of a fleet append to this log, and one of them drains it. Where it is this one, `lead` is called before
   * this resolves. Acknowledgements come in the order of append.
   */
  share?(member: LogMember): Promise<void>
  append(writes: readonly LoggedWrite[]): Promise<void>
  /** All that is neither done nor dead, in the order of append; read once at start. */
  pending(): Promise<readonly LoggedWrite[]>
  /** Before a call: these writes run as this group from now on; counts one attempt. */
  claim(group: string, ids: readonly string[]): Promise<void>
  /** After it: forgets them. Ids that are not there are no error. */
  done(ids: readonly string[]): Promise<void>
  /** Gives up on these; they stay as dead letters. */
  bury(ids: readonly string[], reason: string, at: number): Promise<void>
  dead(cache: string): Promise<readonly DeadWrite[]>
  /** A dead letter becomes pending again, with no group and no attempts; false when there is none. Answers the write. */
  revive(id: string): Promise<LoggedWrite | undefined>
  /** Forgets a dead letter; false when there is none. */
  discard(id: string): Promise<boolean>
  close(): Promise<void>
}
