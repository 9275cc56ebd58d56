import { setTimeout as pause } from 'node:timers/promises'
import type { OwnWait } from '@cachesmith/core'
import { Connection } from './connection.js'
import { codeOf } from './driver.js'

/** Between two looks, ms. */
const every = 50

/**
 * The right to drain a log, of one process at a time: a lock on a file beside it, which the system takes back when the process ends,
 * however it ends.
 */
export class Ownership {
  #lock: Promise<Connection> | undefined

  /** `handover`: how long it waits for who has it, ms. */
  constructor(
    private readonly path: string,
    private readonly handover: number,
  ) {}

  /** Takes it; false when who has it did not end in time, or before `wait` did. */
  async take(wait?: OwnWait): Promise<boolean> {
    const end = performance.now() + this.handover
    for (;;) {
      if (await this.#try()) return true
      const left = end - performance.now()
      if (wait?.ended.aborted || left <= 0) return false
      wait?.busy()
      // Not SQLite's own patience: that would hold a thread which other files need.
      await pause(Math.min(every, left), undefined, { signal: wait?.ended }).catch(() => {})
    }
  }

  async #try(): Promise<boolean> {
    this.#lock ??= this.#open()
    try {
      await this.#lock
      return true
    } catch (error) {
      this.#lock = undefined
      if (codeOf(error) === 'SQLITE_BUSY') return false
      throw error
    }
  }

  async give(): Promise<void> {
    const lock = this.#lock
    this.#lock = undefined
    const connection = await lock?.catch(() => undefined)
    await connection?.close()
  }

  async #open(): Promise<Connection> {
    const connection = await Connection.open(`${this.path}-owner`, 10)
    try {
      await connection.write('BEGIN EXCLUSIVE')
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }
}
