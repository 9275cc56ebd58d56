import { randomBytes } from 'node:crypto'
import { lostError } from './write-log-errors.js'

/** Sends a script about the lease; the words of its answer. */
type Send = (verb: 'own' | 'disown', args: string[]) => Promise<readonly (string | undefined)[]>

/**
 * The right to drain a log, for one process of a fleet at a time: a lease that is renewed while the process lives, and an epoch that every
 * mark bears. Who was silent past its lease keeps it while nobody else wants it.
 */
export class LogLease {
  /** What marks bear: '' while it is not held. */
  epoch = ''
  /** Names this process in the log. */
  readonly token = randomBytes(12).toString('base64url')

  constructor(
    private readonly send: Send,
    private readonly life: number,
  ) {}

  /** Takes it or renews it. False: another process has it. */
  async take(): Promise<boolean> {
    const before = this.epoch
    const [word, epoch] = await this.send('own', [this.token, String(this.life), before])
    if (word === 'own' && epoch !== undefined) this.epoch = epoch
    else if (this.epoch === before) this.epoch = ''
    return word === 'own'
  }

  /** Renews it; rejects where another process has it. */
  async hold(): Promise<void> {
    if (!(await this.take())) throw lostError()
  }

  async give(): Promise<void> {
    if (this.epoch !== '') await this.send('disown', [this.token])
  }
}
