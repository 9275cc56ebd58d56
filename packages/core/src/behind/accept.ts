import type { Buffer, Place } from './buffer.js'
import { BufferLog } from './buffer-log.js'
import type { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { type Group, groupId, type PendingWrite } from './group.js'
import type { Intake } from './intake.js'
import type { Operation } from './operation.js'
import type { Payload } from './payload.js'
import { reasonOf } from './reason.js'
import { fullError, refusedError } from './turned-away.js'
import { writeIds } from './write-id.js'
import { Submitted } from './submitted.js'
import { taken, type WriteLog } from './write-log.js'
import { writeThrough } from './write-through.js'
import type { WritesParts } from './writes-parts.js'

/** Takes writes while there is room: into the buffer, then into the log, then they are acknowledged. */
export class Acceptance {
  readonly #nextId: (now: number) => string

  constructor(
    private readonly parts: WritesParts,
    private readonly log: WriteLog,
    private readonly buffer: Buffer,
    private readonly intake: Intake,
    private readonly drainer: Drainer,
    private readonly tell: Tell,
  ) {
    this.#nextId = writeIds()
  }

  get hasRoom(): boolean {
    return this.buffer.size < this.parts.options.maxPending
  }

  /** Lets one write in, or does what the policy of a full buffer says. */
  admit(operation: Operation, key: string, payload: Payload): Promise<void> {
    if (this.intake.waiting === 0 && this.log instanceof BufferLog) {
      const into = this.buffer.fold(operation, key, payload)
      if (into) return this.#folded(operation, into)
    }
    if (this.hasRoom && this.intake.waiting === 0) return this.#accept(operation, key, payload)
    this.drainer.endWindows()
    const { whenFull, maxPending } = this.parts.options
    if (whenFull === 'wait') return this.intake.wait(() => this.#accept(operation, key, payload))
    // Beside another process that drains nothing may run.
    if (whenFull === 'reject' || this.parts.role?.following) return Promise.reject(fullError(maxPending))
    const write = this.#newWrite(operation, payload, true)
    return writeThrough(operation, key, write, this.buffer, this.drainer, this.parts)
  }

  #folded(operation: Operation, group: Group): Promise<void> {
    if (this.parts.heard?.() !== false) {
      const id = this.#nextId(this.parts.clock.now())
      this.tell({ type: 'write-coalesced', operation: operation.name, id, into: groupId(group) })
    }
    return taken
  }

  #accept(operation: Operation, key: string, payload: Payload): Promise<void> {
    const write = this.#newWrite(operation, payload, false)
    const { buffer, drainer, parts } = this
    // Under pressure nothing gathers any longer.
    const full = buffer.size + 1 >= parts.options.maxPending
    const place = buffer.add(operation, key, write, full ? Number.NEGATIVE_INFINITY : drainer.dueAt(operation))
    const into = place.group.writes[0]?.id ?? write.id
    const appended = this.#append(operation, key, write)
    if (appended === taken) {
      this.#acknowledge(operation, place, into)
      return taken
    }
    return appended.then(
      () => this.#acknowledge(operation, place, into),
      (error) => this.#refuse(operation, place, error),
    )
  }

  #append(operation: Operation, key: string, write: PendingWrite): Promise<void> {
    const { id, payloadVersion, enqueuedAt, payload } = write
    const { cache, encode } = this.parts
    const { log } = this
    try {
      if (typeof payload !== 'string') return log.append([new Submitted(cache, key, operation.name, write, encode)])
      const about = { id, cache, key, operation: operation.name, payloadVersion, payload, enqueuedAt, attempts: 0 }
      return log.append([about])
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #acknowledge(operation: Operation, place: Place, into: string): void {
    const { group, write } = place
    const { drainer } = this
    const lane = this.buffer.now(place)
    this.buffer.ack(place, operation.coalesce && !operation.merge)
    if (this.parts.heard?.() !== false) {
      const { id } = write
      if (into === id) this.tell({ type: 'write-enqueued', operation: operation.name, id })
      else this.tell({ type: 'write-coalesced', operation: operation.name, id, into })
    }
    if (lane.groups[0] === group && group.stage === 'open' && drainer.gathers(operation, group)) return
    drainer.offer(lane)
    drainer.pump()
  }

  #refuse(operation: Operation, place: Place, error: unknown): never {
    const { buffer, drainer, intake } = this
    const lane = buffer.now(place)
    buffer.retract(place)
    drainer.offer(lane)
    drainer.pump()
    intake.admit(() => this.hasRoom)
    this.tell({ type: 'write-log-failed', verb: 'append', reason: reasonOf(error) })
    // It may have landed all the same: then it must not come back after a restart.
    void (async () => this.log.done([place.write.id]))().catch(() => {})
    throw refusedError(operation, error)
  }

  #newWrite({ payloadVersion }: Operation, payload: Payload, acked: boolean): PendingWrite {
    const enqueuedAt = this.parts.clock.now()
    return { id: this.#nextId(enqueuedAt), payload, payloadVersion, enqueuedAt, acked }
  }
}
