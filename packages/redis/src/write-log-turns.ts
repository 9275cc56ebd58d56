import type { LoggedWrite, LogMember } from '@cachesmith/core'
import type { LogLease } from './write-log-lease.js'

/** What the log does for its process's place in the fleet. */
export interface TurnParts {
  readonly member: LogMember
  readonly lease: LogLease
  /** Reads what is pending, while no append of this process is under way, and hands it to `then` before the next. */
  readonly read: (then: (writes: readonly LoggedWrite[]) => void) => Promise<void>
  /** Asks for what others appended. */
  readonly listen: () => Promise<void>
  /** Which of these writes are no longer pending. */
  readonly gone: (ids: readonly string[]) => Promise<string[]>
}

/** Between two turns that somebody rang for, ms. */
const pause = 10

/** A process's place in a fleet with one log: it drains, or it stands by, and asks again and again whether that has changed. */
export class Turns {
  /** Ids of this process's writes that are pending as far as it knows. */
  readonly own = new Set<string>()
  leads = false
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  #rung = false
  #ended = false

  constructor(
    private readonly parts: TurnParts,
    private readonly every: number,
  ) {}

  /** The first turn; rejects with what is wrong. */
  async begin(): Promise<void> {
    await this.take()
    if (!this.leads) this.parts.member.follow([...this.own])
    this.#plan(this.every)
  }

  /** Somebody appended ('more'), or the log is free: for whom that is, the next turn is now, or after the one under way. */
  hurry(word: string): void {
    if (this.leads !== (word === 'more')) return
    this.#rung = true
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#go()
  }

  /** Another process has the log: what this one still does there is refused. */
  demote(): void {
    if (!this.leads) return
    this.leads = false
    this.parts.lease.epoch = ''
    this.parts.member.follow([...this.own])
  }

  async end(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#turn?.catch(() => {})
  }

  #plan(wait: number): void {
    if (!this.#ended) this.#timer = setTimeout(() => this.#go(), wait).unref()
  }

  #go(): void {
    this.#timer = undefined
    this.#rung = false
    // What fails here is told by the verbs, and tried again.
    this.#turn = this.take().catch(() => {})
    void this.#turn.then(() => this.#plan(this.#rung ? pause : this.every))
  }

  private async take(): Promise<void> {
    const { member, lease, read, listen, gone } = this.parts
    const holds = await lease.take()
    if (this.leads) {
      if (holds) await listen()
      else this.demote()
    } else if (holds) {
      await read((writes) => {
        this.leads = true
        member.lead(writes)
      })
    } else if (this.own.size > 0) {
      const ended = await gone([...this.own])
      for (const id of ended) this.own.delete(id)
      if (ended.length > 0) member.gone(ended)
    }
  }
}
