import type { DeadLetter } from '../cache/pending.js'
import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import { newGroup, pendingOf } from './group.js'
import type { WriteLog } from './write-log.js'

/** The operations of one cache that were given up: kept in the log until somebody decides. */
export class DeadLetters {
  constructor(
    private readonly cache: string,
    private readonly log: WriteLog,
    private readonly buffer: Buffer,
    private readonly drainer: Drainer,
  ) {}

  /** Field by field: what is told ends up in people's logs. */
  async list(content: boolean): Promise<readonly DeadLetter[]> {
    const all = await this.log.dead(this.cache)
    return all.map(({ id, operation, enqueuedAt, diedAt, reason, attempts, key, payload }) => {
      const told = { id, operation, enqueuedAt, diedAt, reason, attempts }
      return content ? { ...told, key, payload } : told
    })
  }

  /** Runs it again, behind what is pending on its key, under its own id; false when there is none. */
  async replay(id: string): Promise<boolean> {
    if (!(await this.has(id))) return false
    const revived = await this.log.revive(id)
    if (!revived) return false
    const group = newGroup(revived.operation, [pendingOf(revived, true)], Number.NEGATIVE_INFINITY)
    this.drainer.offer(this.buffer.push(revived.key, group))
    this.drainer.pump()
    return true
  }

  /** Forgets it; false when there is none. */
  async discard(id: string): Promise<boolean> {
    return (await this.has(id)) && this.log.discard(id)
  }

  private async has(id: string): Promise<boolean> {
    return (await this.list(false)).some((write) => write.id === id)
  }
}
