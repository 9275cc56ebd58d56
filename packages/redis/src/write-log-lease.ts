import { randomBytes } from 'node:crypto'

/** Sends a script about the lease; the words of its answer. */
type Send = (verb: 'own' | 'disown', args: string[]) => Promise<readonly (string | undefined)[]>

/**
 * The right to drain a log, for one process of a fleet at a time: a lease that is renewed while this process lives, and an epoch that
 * every mark bears. Once another has taken it this one never has it again: its manager holds writes that the other may have run.
 */
export class LogLease {
  /** What marks bear: '' until it is taken. */
  epoch = ''
  readonly #token = randomBytes(12).toString('base64url')
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly send: Send,
    private readonly life: number,
  ) {}

  /** False: another process has it, or took it. */
  async take(): Promise<boolean> {
    const [word, epoch] = await this.send('own', [this.#token, String(this.life), this.epoch])
    if (word !== 'own' || epoch === undefined) {
      clearInterval(this.#timer)
      return false
    }
    this.epoch = epoch
    this.#timer ??= setInterval(() => {
      // What it failed by is told by the next mark; the lease is longer than three of these.
      this.take().catch(() => {})
    }, this.life / 4).unref()
    return true
  }

  async give(): Promise<void> {
    clearInterval(this.#timer)
    if (this.epoch !== '') await this.send('disown', [this.#token])
  }
}
