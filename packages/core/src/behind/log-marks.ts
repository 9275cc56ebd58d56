import type { Clock } from '../kernel/clock.js'
import { backoff } from './backoff.js'
import type { Tell } from './event.js'
import { reasonOf } from './reason.js'
import type { Role } from './role.js'
import type { WriteLog } from './write-log.js'

/** The marks that a drain leaves in the log. Each is tried, with growing pauses, until the log takes it or draining ends. */
export class LogMarks {
  readonly #sleepers = new Set<() => void>()
  #ended = false

  constructor(
    private readonly log: WriteLog,
    private readonly clock: Clock,
    private readonly tell: Tell,
    private readonly random: () => number,
    private readonly role: Role,
  ) {}

  /** All of these answer false when draining, or the term of this process, ended before the log took the mark. */
  claim(group: string, ids: readonly string[]): Promise<boolean> {
    return this.leave('claim', () => this.log.claim(group, ids))
  }

  done(ids: readonly string[]): Promise<boolean> {
    return this.leave('done', () => this.log.done(ids))
  }

  bury(ids: readonly string[], reason: string, at: number): Promise<boolean> {
    return this.leave('bury', () => this.log.bury(ids, reason, at))
  }

  end(): void {
    this.#ended = true
    for (const wake of this.#sleepers) wake()
  }

  private async leave(verb: 'claim' | 'done' | 'bury', mark: () => Promise<void>): Promise<boolean> {
    const { term } = this.role
    for (let failures = 1; ; failures += 1) {
      try {
        await mark()
        return true
      } catch (error) {
        if (this.#ended || this.role.term !== term) return false
        this.tell({ type: 'write-log-failed', verb, reason: reasonOf(error) })
        await this.sleep(backoff(100, failures, this.random))
        if (this.#ended || this.role.term !== term) return false
      }
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.stop()
        this.#sleepers.delete(wake)
        resolve()
      }
      const timer = this.clock.after(ms, wake)
      this.#sleepers.add(wake)
    })
  }
}
