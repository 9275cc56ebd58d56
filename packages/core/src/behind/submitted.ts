import type { PendingWrite } from './group.js'
import { type Payload, textOf } from './payload.js'
import type { LoggedWrite } from './write-log.js'

/** A write that was taken: one object for the buffer and for the log. Its text is made when the log asks for it. */
export class Submitted implements LoggedWrite, PendingWrite {
  readonly attempts = 0
  acked = false
  /** The group that it joined, for the event of its acknowledgement. */
  into = ''

  constructor(
    readonly id: string,
    readonly cache: string,
    readonly key: string,
    readonly operation: string,
    readonly payloadVersion: number,
    readonly enqueuedAt: number,
    public content: Payload,
    private readonly encode: (value: unknown) => string,
  ) {}

  get payload(): string {
    return textOf(this.content, this.encode)
  }
}
