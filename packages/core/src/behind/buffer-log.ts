import type { Buffer } from './buffer.js'
import { textOf } from './payload.js'
import { type DeadWrite, type LoggedWrite, taken, type WriteLog } from './write-log.js'

/** The log of those who named none: the buffer itself has every write, so that only what was given up is kept here. */
export class BufferLog implements WriteLog {
  readonly name = 'memory'
  readonly durable = false
  readonly #graves = new Map<string, DeadWrite>()

  constructor(
    private readonly cache: string,
    private readonly buffer: Buffer,
    private readonly encode: (value: unknown) => string,
  ) {}

  async open(): Promise<void> {}

  append(): Promise<void> {
    return taken
  }

  async pending(): Promise<readonly LoggedWrite[]> {
    return []
  }

  async claim(): Promise<void> {}

  async done(): Promise<void> {}

  async bury(ids: readonly string[], reason: string, diedAt: number): Promise<void> {
    const wanted = new Set(ids)
    for (const { key, groups } of this.buffer.lanes.values()) {
      for (const { operation, attempts, writes } of groups) {
        for (const { id, content, payloadVersion, enqueuedAt } of writes) {
          if (!wanted.has(id)) continue
          const text = textOf(content, this.encode)
          const about = { id, cache: this.cache, key, operation, payloadVersion, payload: text, enqueuedAt, attempts }
          this.#graves.set(id, { ...about, reason, diedAt })
        }
      }
    }
  }

  async dead(): Promise<readonly DeadWrite[]> {
    return [...this.#graves.values()]
  }

  async revive(id: string): Promise<LoggedWrite | undefined> {
    const dead = this.#graves.get(id)
    if (!dead) return undefined
    this.#graves.delete(id)
    const { diedAt: _at, reason: _reason, ...write } = dead
    return { ...write, attempts: 0 }
  }

  async discard(id: string): Promise<boolean> {
    return this.#graves.delete(id)
  }

  async close(): Promise<void> {}
}
