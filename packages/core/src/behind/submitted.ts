import type { PendingWrite } from './group.js'
import { type Payload, textOf } from './payload.js'
import type { LoggedWrite } from './write-log.js'

/** A write for a log in memory: its text is made only if somebody asks for it. */
export class Submitted implements LoggedWrite {
  readonly id: string
  readonly payloadVersion: number
  readonly enqueuedAt: number
  readonly attempts = 0
  readonly #payload: Payload
  readonly #encode: (value: unknown) => string

  constructor(
    readonly cache: string,
    readonly key: string,
    readonly operation: string,
    write: PendingWrite,
    encode: (value: unknown) => string,
  ) {
    this.id = write.id
    this.payloadVersion = write.payloadVersion
    this.enqueuedAt = write.enqueuedAt
    this.#payload = write.payload
    this.#encode = encode
  }

  get payload(): string {
    return textOf(this.#payload, this.#encode)
  }
}
