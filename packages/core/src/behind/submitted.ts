import type { PendingWrite } from './group.js'
import { type Payload, textOf } from './payload.js'
import type { WriteIds } from './write-id.js'
import type { LoggedWrite } from './write-log.js'

/** A write that was taken: one object for the buffer and for the log. Its id and its text are made when somebody asks for them. */
export class Submitted implements LoggedWrite, PendingWrite {
  readonly attempts = 0
  acked = false
  /** The first of the group that it joined, for the event of its acknowledgement. */
  into: { readonly id: string } | undefined
  readonly #moment: string
  readonly #count: number
  #id: string | undefined

  constructor(
    readonly cache: string,
    readonly key: string,
    readonly operation: string,
    readonly payloadVersion: number,
    readonly enqueuedAt: number,
    public content: Payload,
    private readonly encode: (value: unknown) => string,
    private readonly ids: WriteIds,
  ) {
    ids.draw(enqueuedAt)
    this.#moment = ids.moment
    this.#count = ids.count
  }

  get id(): string {
    return (this.#id ??= this.ids.text(this.#moment, this.#count))
  }

  get payload(): string {
    return textOf(this.content, this.encode)
  }
}
