import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { recover } from './recover.js'
import { arrive, beginLead, endLead, forget, keysOf } from './terms.js'
import type { WritesParts } from './writes-parts.js'
import type { LoggedWrite } from './write-log.js'

/** One cache's writes as a log tells of them that other processes share. What it tells before they are open waits until then. */
export class Fleet {
  #early: readonly LoggedWrite[] | undefined = []

  constructor(
    private readonly parts: WritesParts,
    private readonly buffer: Buffer,
    private readonly drainer: Drainer,
    private readonly tell: Tell,
    private readonly onRoom: () => void,
  ) {}

  /** The writes are open: what was told until now, once. */
  open(): readonly LoggedWrite[] {
    const early = this.#early ?? []
    this.#early = undefined
    return early
  }

  /** This process drains from now on: these are its cache's writes in the log. */
  lead(writes: readonly LoggedWrite[]): void {
    if (this.#early) this.#early = writes
    else beginLead(this.buffer, () => this.#recover(writes))
  }

  /** Another process drains from now on. */
  follow(own: ReadonlySet<string>): void {
    if (this.#early) this.#early = []
    else endLead(this.buffer, own)
  }

  /** Writes of other processes, for this one to drain. */
  arrived(writes: readonly LoggedWrite[]): void {
    if (this.#early) {
      this.#early = [...this.#early, ...writes]
      return
    }
    const { buffer, drainer } = this
    for (const write of writes) arrive(buffer, drainer, write)
    drainer.pump()
  }

  /** The process that drains has done these: the cache hears of it, then their keys are clean. */
  async gone(ids: ReadonlySet<string>): Promise<void> {
    const { buffer, parts, onRoom } = this
    const keys = keysOf(buffer, ids)
    if (keys.length === 0) return
    await Promise.allSettled([(async () => parts.onDone?.(keys))()])
    forget(buffer, ids)
    onRoom()
  }

  #recover(writes: readonly LoggedWrite[]): void {
    const { buffer, drainer, parts, tell } = this
    recover(writes, buffer, drainer, parts.options.attempts, tell)
  }
}
