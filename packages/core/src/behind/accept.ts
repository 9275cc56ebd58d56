import type { Buffer } from './buffer.js'
import { BufferLog } from './buffer-log.js'
import type { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { groupId, type Lane } from './group.js'
import type { Intake } from './intake.js'
import type { Operation } from './operation.js'
import { Parcel } from './parcel.js'
import { isFixed, type Payload } from './payload.js'
import { reasonOf } from './reason.js'
import { type Origin, Submitted } from './submitted.js'
import { fullError, refusedError } from './turned-away.js'
import { WriteIds } from './write-id.js'
import { taken, type WriteLog } from './write-log.js'
import { writeThrough } from './write-through.js'
import type { WritesParts } from './writes-parts.js'

/**
 * Bound on what the log gets in one go. Of 1,000 callers one half then runs while the log commits the other, and no text and no
 * acknowledgement holds up the event loop for more than some 2 ms.
 */
const mostAtOnce = 500

/** Takes writes while there is room: into the buffer, then into the log, then they are acknowledged. */
export class Acceptance {
  readonly #ids: WriteIds
  /** No log was named: neighbours are folded as they come. */
  readonly #folds: boolean
  /** Those of this moment, which the log is still to be given. */
  #parcel: Parcel | undefined
  /** Of the last write. */
  #origin: Origin | undefined

  constructor(
    private readonly parts: WritesParts,
    private readonly log: WriteLog,
    private readonly buffer: Buffer,
    private readonly intake: Intake,
    private readonly drainer: Drainer,
    private readonly tell: Tell,
  ) {
    this.#folds = log instanceof BufferLog
    this.#ids = parts.ids ?? new WriteIds()
  }

  get hasRoom(): boolean {
    return this.buffer.size < this.parts.options.maxPending
  }

  /** Lets one write in, or does what the policy of a full buffer says. */
  admit(operation: Operation, key: string, payload: Payload): Promise<void> {
    const folded = typeof payload === 'string' ? this.fold(operation, key, payload) : undefined
    if (folded) return folded
    if (this.hasRoom && this.intake.waiting === 0) return this.#accept(operation, key, payload)
    return this.#turnAway(operation, key, payload)
  }

  #turnAway(operation: Operation, key: string, payload: Payload): Promise<void> {
    this.drainer.endWindows()
    const { whenFull, maxPending } = this.parts.options
    if (whenFull === 'wait') return this.intake.wait(() => this.#accept(operation, key, payload))
    // Beside another process that drains nothing may run.
    if (whenFull === 'reject' || this.parts.role?.following) return Promise.reject(fullError(maxPending))
    const write = this.#newWrite(operation, key, payload)
    write.acked = true
    return writeThrough(operation, key, write, this.buffer, this.drainer, this.parts)
  }

  /** Folds a write, its text or its arguments, into the one before it, if no log was named; undefined: it must stand by itself. */
  fold(operation: Operation, key: string, newer: string | readonly unknown[]): Promise<void> | undefined {
    if (!this.#folds || this.intake.waiting > 0) return undefined
    if (typeof newer !== 'string' && !isFixed(newer)) return undefined
    const group = this.buffer.fold(operation, key, newer)
    if (!group) return undefined
    if (this.parts.heard?.() !== false) {
      const { moment, count } = this.#ids.draw(this.parts.clock.now())
      const id = this.#ids.text(moment, count)
      this.tell({ type: 'write-coalesced', operation: operation.name, id, into: groupId(group) })
    }
    return taken
  }

  #accept(operation: Operation, key: string, payload: Payload): Promise<void> {
    const lane = this.buffer.lane(key)
    // The key's one text for all its writes.
    const write = this.#newWrite(operation, lane.key, payload)
    if (this.log.durable) {
      this.#add(operation, lane, write)
      return this.#post(operation, write)
    }
    // A log in memory has it at once: it is acknowledged without a promise of its own.
    const appended = this.#append([write])
    write.acked = appended === taken
    this.#add(operation, lane, write)
    if (appended === taken) {
      this.#offer(lane)
      this.#tellTaken(write)
      return taken
    }
    const parcel = new Parcel()
    const answer = parcel.add(operation, write)
    this.#settle(parcel, appended)
    return answer
  }

  #add(operation: Operation, lane: Lane, write: Submitted): void {
    const { buffer, drainer, parts } = this
    // Under pressure nothing gathers any longer.
    const full = buffer.size + 1 >= parts.options.maxPending
    const dueAt = full ? Number.NEGATIVE_INFINITY : drainer.dueAt(operation)
    write.into = buffer.add(operation, lane, write, dueAt).writes[0]
  }

  /** Gives it to the log with all others of this moment: callers who were woken together come back together. */
  #post(operation: Operation, write: Submitted): Promise<void> {
    if (this.#parcel === undefined) {
      this.#parcel = new Parcel()
      queueMicrotask(() => this.#send())
    }
    const answer = this.#parcel.add(operation, write)
    if (this.#parcel.writes.length >= mostAtOnce) this.#send()
    return answer
  }

  #send(): void {
    const parcel = this.#parcel
    this.#parcel = undefined
    if (parcel) this.#settle(parcel, this.#append(parcel.writes))
  }

  #append(writes: readonly Submitted[]): Promise<void> {
    try {
      return this.log.append(writes)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #settle(parcel: Parcel, appended: Promise<void>): void {
    appended.then(
      () => this.#acknowledge(parcel),
      (error: unknown) => this.#refuse(parcel, error),
    )
  }

  #acknowledge(parcel: Parcel): void {
    const { buffer, drainer } = this
    for (const write of parcel.writes) write.acked = true
    // The lanes as they are now: a change of who drains makes them anew.
    const lanes = new Set<Lane>()
    for (const { key } of parcel.writes) {
      const lane = buffer.lanes.get(key)
      if (lane) lanes.add(lane)
    }
    for (const lane of lanes) buffer.acknowledge(lane, (name) => this.#newestWins(name))
    if (this.parts.heard?.() !== false) for (const write of parcel.writes) this.#tellTaken(write)
    parcel.taken()
    let ready = false
    for (const lane of lanes) {
      if (drainer.gathers(lane)) continue
      drainer.offer(lane)
      ready = true
    }
    if (ready) drainer.pump()
  }

  /** Offers a key to the drain, unless a window's end will. */
  #offer(lane: Lane): void {
    if (this.drainer.gathers(lane)) return
    this.drainer.offer(lane)
    this.drainer.pump()
  }

  #tellTaken(write: Submitted): void {
    if (this.parts.heard?.() === false) return
    const { id, into = write, operation } = write
    if (into === write) this.tell({ type: 'write-enqueued', operation, id })
    else this.tell({ type: 'write-coalesced', operation, id, into: into.id })
  }

  /** Whether those that a newer one replaced may be forgotten here; their log has them. */
  #newestWins(name: string): boolean {
    const { operation } = this.drainer.line(name)
    return operation?.coalesce === true && !operation.merge && this.log.durable
  }

  #refuse(parcel: Parcel, error: unknown): void {
    const { buffer, drainer, intake } = this
    for (const write of parcel.writes) {
      const lane = buffer.retract(write.key, write)
      if (lane) drainer.offer(lane)
    }
    drainer.pump()
    intake.admit(() => this.hasRoom)
    this.tell({ type: 'write-log-failed', verb: 'append', reason: reasonOf(error) })
    // They may have landed all the same: then they must not come back after a restart.
    const ids = parcel.writes.map(({ id }) => id)
    void (async () => this.log.done(ids))().catch(() => {})
    parcel.refused((operation) => refusedError(operation, error))
  }

  #newWrite(operation: Operation, key: string, payload: Payload): Submitted {
    return new Submitted(this.#originOf(operation), key, payload, this.parts.clock.now())
  }

  #originOf({ name, payloadVersion }: Operation): Origin {
    const known = this.#origin
    if (known?.operation === name && known.payloadVersion === payloadVersion) return known
    const { cache, encode } = this.parts
    return (this.#origin = { cache, operation: name, payloadVersion, encode, ids: this.#ids })
  }
}
