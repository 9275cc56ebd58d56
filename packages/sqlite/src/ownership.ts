import { Connection } from './connection.js'
import { codeOf } from './driver.js'

/**
 * The right to drain a log, of one process at a time: a lock on a file beside it, which the system takes back when the process ends,
 * however it ends.
 */
export class Ownership {
  #lock: Promise<Connection> | undefined

  constructor(
    private readonly path: string,
    private readonly patience: number,
  ) {}

  /** Takes it, waiting `patience` ms for who has it; false when that was in vain. */
  async take(): Promise<boolean> {
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
    const connection = await Connection.open(`${this.path}-owner`, this.patience)
    try {
      await connection.write('BEGIN EXCLUSIVE')
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }
}
