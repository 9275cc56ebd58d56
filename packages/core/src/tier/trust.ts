import type { Clock } from '../kernel/clock.js'
import type { Heard } from '../store/store.js'
import { type Failed, failed } from './far.js'

/**
 * How long memory in front of a shared store may be served: for a second from the start of a poll that told all that others did.
 * It polls only while memory is read, at most each 300 ms.
 */
export class Trust {
  #until = -Infinity
  #pollAt = -Infinity
  #polling: Promise<void> | undefined

  constructor(
    private readonly clock: Clock,
    /** Asks what others did, and applies it. */
    private readonly poll: () => Promise<Heard | Failed>,
    readonly lasts = 1_000,
    readonly every = 300,
  ) {}

  /** True when memory may be served at this moment; starts the next poll when it is due. */
  holds(now: number): boolean {
    if (now >= this.#pollAt) void this.refresh()
    return now < this.#until
  }

  /** Polls; callers who come meanwhile wait for the same answer. */
  refresh(): Promise<void> {
    this.#polling ??= this.#ask().finally(() => {
      this.#polling = undefined
    })
    return this.#polling
  }

  async #ask(): Promise<void> {
    const sent = this.clock.monotonic()
    this.#pollAt = sent + this.every
    let heard: Heard | Failed
    try {
      heard = await this.poll()
    } catch {
      return
    }
    if (heard === failed) return
    this.#until = sent + this.lasts
  }
}
