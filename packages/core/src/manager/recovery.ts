import { backoff } from '../behind/backoff.js'
import { Busy } from '../behind/busy.js'
import { loadEngine } from '../behind/engine-room.js'
import type { LoggedWrite, LogMember, WriteLog } from '../behind/write-log.js'
import type { Clock, Timer } from '../kernel/clock.js'
import { CacheConfigError } from '../kernel/errors.js'
import type { Reach } from './health.js'

/** Who has a log open: a log that two managers drain would run each write twice, and out of order. */
const owners = new WeakMap<WriteLog, Recovery>()

/** What the manager hears: of each cache with pending writes, of each opening that failed and nobody waits for, of the one that worked. */
interface RecoveryHears {
  found(cache: string): void
  failed(error: unknown): void
  opened(): void
}

/** Opens the log of a manager and hands each cache what the log still had of it, read once. */
export class Recovery {
  #opening: Promise<void> | undefined
  #left = new Map<string, LoggedWrite[]>()
  #retry: Timer | undefined
  #failures = 0
  /** What the last opening, or the last mark, came to. */
  state: Reach = 'opening'
  /** It may be open, and is this manager's to close. */
  #touched = false
  readonly #end = new AbortController()
  readonly busy = new Busy()

  constructor(
    private readonly log: WriteLog,
    private readonly clock: Clock,
    private readonly hears: RecoveryHears,
    private readonly member: LogMember,
  ) {}

  /** Opens it now; rejects with what is wrong. After a failure it may be tried again. */
  open(): Promise<void> {
    this.#opening ??= this.#open().then(
      () => {
        this.state = 'reachable'
      },
      (error: unknown) => {
        this.state = 'unreachable'
        this.#opening = undefined
        throw error
      },
    )
    return this.#opening
  }

  /** Opens it behind, again and again with growing pauses until it opens. */
  start(): void {
    if (this.#opening !== undefined || this.#retry !== undefined || this.#end.signal.aborted) return
    this.open().catch((error: unknown) => {
      if (this.#end.signal.aborted) return
      this.hears.failed(error)
      this.#failures += 1
      this.#retry = this.clock.after(backoff(200, this.#failures, Math.random), () => {
        this.#retry = undefined
        this.start()
      })
    })
  }

  /** What the log had of a cache: once, for it is in that cache's buffer afterwards. */
  take(cache: string): LoggedWrite[] {
    const left = this.#left.get(cache) ?? []
    this.#left.delete(cache)
    return left
  }

  /** Closes the log, if it was opened or tried. */
  async close(): Promise<void> {
    this.#end.abort()
    this.#retry?.stop()
    await this.#opening?.catch(() => {})
    if (this.#touched) await this.log.close()
    if (owners.get(this.log) === this) owners.delete(this.log)
  }

  async #open(): Promise<void> {
    const owner = owners.get(this.log)
    if (owner !== undefined && owner !== this)
      throw new CacheConfigError(
        `createCacheManager: this write log ('${this.log.name}') is in use by another manager, and both would run its writes; give each manager a log of its own, or close the other one first.`,
      )
    owners.set(this.log, this)
    this.#touched = true
    await Promise.all([this.log.open(), loadEngine()])
    this.hears.opened()
    if (this.log.share) return this.log.share(this.member)
    await this.log.own?.({ ended: this.#end.signal, busy: () => this.busy.set(true) })
    if (this.busy.now) this.busy.set(false)
    for (const write of await this.log.pending()) {
      const mine = this.#left.get(write.cache)
      if (mine) mine.push(write)
      else this.#left.set(write.cache, [write])
    }
    if (!this.#end.signal.aborted) for (const cache of [...this.#left.keys()]) this.hears.found(cache)
  }
}
