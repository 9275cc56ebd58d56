import type { PendingWrite } from './group.js'
import { type Payload, textOf } from './payload.js'
import type { Moment, WriteIds } from './write-id.js'
import type { LoggedWrite } from './write-log.js'

/** What the writes of one operation have in common. */
export interface Origin {
  readonly cache: string
  readonly operation: string
  readonly payloadVersion: number
  readonly encode: (value: unknown) => string
  readonly ids: WriteIds
}

/**
 * A write that was taken: one object for the buffer and for the log. Its id and its text are made when somebody asks for them. It is as
 * small as can be: a collection of young objects, which holds up all callers, takes as long as what is pending is large.
 */
export class Submitted implements LoggedWrite, PendingWrite {
  acked = false
  /** The first of the group that it joined, for the event of its acknowledgement. */
  into: { readonly id: string } | undefined
  readonly #moment: Moment
  readonly #count: number
  #id: string | undefined

  constructor(
    private readonly origin: Origin,
    readonly key: string,
    public content: Payload,
    now: number,
  ) {
    const { moment, count } = origin.ids.draw(now)
    this.#moment = moment
    this.#count = count
  }

  get id(): string {
    return (this.#id ??= this.origin.ids.text(this.#moment, this.#count))
  }

  get cache(): string {
    return this.origin.cache
  }

  get operation(): string {
    return this.origin.operation
  }

  get payloadVersion(): number {
    return this.origin.payloadVersion
  }

  get enqueuedAt(): number {
    return this.#moment.at
  }

  get attempts(): number {
    return 0
  }

  get payload(): string {
    return textOf(this.content, this.origin.encode)
  }
}
