import { Buffer } from './buffer.js'
import { DeadLetters } from './dead-letters.js'
import { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { drained } from './flush.js'
import type { PendingWrite } from './group.js'
import { Intake } from './intake.js'
import { LogMarks } from './log-marks.js'
import type { Operation } from './operation.js'
import { isDirty, overlayOf, type Overlay } from './overlay.js'
import { reasonOf } from './reason.js'
import { closedError, fullError, refusedError, unfitError, unopenedError } from './turned-away.js'
import { writeIds } from './write-id.js'
import type { DeadWrite } from './write-log.js'
import { writeThrough } from './write-through.js'
import type { WritesParts } from './writes-parts.js'

type Life = 'new' | 'open' | 'closed'

/** Write-behind of one cache: takes writes, answers reads of keys that have some pending, and brings them to their sinks. */
export class Writes {
  readonly #parts: WritesParts
  readonly #buffer = new Buffer()
  readonly #intake: Intake
  readonly #drainer: Drainer
  readonly #letters: DeadLetters
  readonly #tell: Tell
  readonly #nextId: () => string
  #life: Life = 'new'
  #opening: Promise<void> | undefined
  #closing: Promise<{ left: number }> | undefined

  constructor(parts: WritesParts) {
    const { cache, log, clock, options, decode, emit, onDone, random = Math.random } = parts
    this.#parts = parts
    this.#nextId = writeIds(clock)
    this.#tell = (happening) => {
      try {
        emit({ cache, ...happening })
      } catch {
        // An observer's fault is not the writer's.
      }
    }
    this.#intake = new Intake(clock)
    this.#drainer = new Drainer({
      buffer: this.#buffer,
      marks: new LogMarks(log, clock, this.#tell, random),
      clock,
      options,
      decode,
      random,
      tell: this.#tell,
      onApplied: (key) => onDone?.(key),
      onRoom: () => this.#intake.admit(() => this.#hasRoom()),
    })
    this.#letters = new DeadLetters(cache, log, this.#buffer, this.#drainer)
  }

  /** Reads what the log still has of this cache. Idempotent; after a failure it may be tried again. */
  open(): Promise<void> {
    this.#opening ??= this.#recover().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  /** The service of an operation is there: its recovered writes may drain. */
  bind(operation: Operation): void {
    this.#buffer.coalesce(operation)
    this.#drainer.bind(operation)
  }

  /**
   * Takes one write; resolves when the log has it as durably as it promises. The write is seen by reads from the call on and
   * taken back if the log refuses it. Rejects with `WriteBehindError`: closed, full, not encodable, refused by the log.
   */
  submit(operation: Operation, keyText: string, keyParts: readonly unknown[], args: readonly unknown[]): Promise<void> {
    if (this.#life === 'closed') return Promise.reject(closedError())
    let payload: string
    try {
      payload = this.#parts.encode([keyParts, args])
    } catch (error) {
      return Promise.reject(unfitError(operation, error))
    }
    if (this.#life === 'new') {
      return this.open().then(
        () => this.#admit(operation, keyText, payload),
        (error) => Promise.reject(unopenedError(error)),
      )
    }
    return this.#admit(operation, keyText, payload)
  }

  /** Acknowledged writes, and those that are being logged, that are neither done nor dead. */
  pending(): number {
    return this.#buffer.size
  }

  /** Wall time of the oldest of them. */
  oldest(): number | undefined {
    return this.#buffer.oldest()
  }

  /** Whether a key has a write that its sink does not have yet. */
  dirty(keyText: string): boolean {
    return isDirty(this.#buffer, keyText)
  }

  /** What a read of that key gives while writes are pending, over what is cached. */
  overlay(keyText: string, cached: unknown): Overlay {
    return overlayOf(this.#buffer, this.#drainer.lines, keyText, cached, this.#parts.decode)
  }

  /**
   * Waits until what is pending now, of one key or of all, is done or dead; parked writes are left out. It ends the window in
   * which writes gather; for one key it does not shorten the pause after a failure, so that reads cannot storm a sink that is out.
   */
  async flush(keyText?: string): Promise<void> {
    const lane = keyText === undefined ? undefined : this.#buffer.lanes.get(keyText)
    if (keyText !== undefined && !lane) return
    const lanes = lane ? [lane] : [...this.#buffer.lanes.values()]
    if (lane) this.#drainer.hurry(lane)
    else this.#drainer.hurryAll()
    await Promise.all(lanes.map((one) => drained(one, this.#buffer, this.#drainer)))
  }

  /** Stops intake and drains for at most `deadlineMs`; what is left stays in the log. A second call gets the first one's answer. */
  close(deadlineMs: number): Promise<{ left: number }> {
    this.#closing ??= this.#close(deadlineMs)
    return this.#closing
  }

  deadLetters(): Promise<readonly DeadWrite[]> {
    return this.#letters.list()
  }

  /** Runs a dead letter again, behind what is pending on its key; false when there is none. */
  async replay(id: string): Promise<boolean> {
    if (this.#life === 'closed') throw closedError()
    await this.open()
    return this.#letters.replay(id)
  }

  /** Forgets a dead letter; false when there is none. */
  discard(id: string): Promise<boolean> {
    return this.#letters.discard(id)
  }

  async #recover(): Promise<void> {
    const { log, cache, options } = this.#parts
    const mine = (await log.pending()).filter((write) => write.cache === cache)
    if (this.#life !== 'new') return
    this.#buffer.restore(mine, options.attempts)
    this.#life = 'open'
    for (const name of new Set(mine.map((write) => write.operation))) {
      const { operation } = this.#drainer.line(name)
      if (operation) this.bind(operation)
      if (operation?.sink) continue
      const writes = mine.filter((write) => write.operation === name).length
      this.#tell({ type: 'write-parked', operation: name, writes, reason: 'no service has bound this operation yet' })
    }
  }

  #hasRoom(): boolean {
    return this.#buffer.size < this.#parts.options.maxPending
  }

  #admit(operation: Operation, keyText: string, payload: string): Promise<void> {
    if (this.#life === 'closed') return Promise.reject(closedError())
    if (operation.sink && !this.#drainer.line(operation.name).operation) this.bind(operation)
    if (this.#hasRoom() && this.#intake.waiting === 0) return this.#accept(operation, keyText, payload)
    this.#drainer.endWindows()
    const { whenFull, maxPending } = this.#parts.options
    if (whenFull === 'wait') return this.#intake.wait(() => this.#accept(operation, keyText, payload))
    if (whenFull === 'writeThrough') {
      const write = this.#newWrite(operation, payload, true)
      return writeThrough(operation, keyText, write, this.#buffer, this.#drainer, this.#parts)
    }
    return Promise.reject(fullError(maxPending))
  }

  #accept(operation: Operation, keyText: string, payload: string): Promise<void> {
    const write = this.#newWrite(operation, payload, false)
    const { log, cache, options } = this.#parts
    // Under pressure nothing gathers any longer.
    const full = this.#buffer.size + 1 >= options.maxPending
    const dueAt = full ? Number.NEGATIVE_INFINITY : this.#drainer.dueAt(operation)
    const place = this.#buffer.add(operation, keyText, write, dueAt)
    const { id, payloadVersion, enqueuedAt } = write
    const into = place.group.writes[0]?.id ?? id
    const appended = (async () =>
      log.append([
        { id, cache, key: keyText, operation: operation.name, payloadVersion, payload, enqueuedAt, attempts: 0 },
      ]))()
    return appended.then(
      () => {
        this.#buffer.ack(place, operation.coalesce && !operation.merge)
        if (into === id) this.#tell({ type: 'write-enqueued', operation: operation.name, id })
        else this.#tell({ type: 'write-coalesced', operation: operation.name, id, into })
        this.#drainer.offer(place.lane)
        this.#drainer.pump()
      },
      (error) => {
        this.#buffer.retract(place)
        this.#drainer.offer(place.lane)
        this.#drainer.pump()
        this.#intake.admit(() => this.#hasRoom())
        this.#tell({ type: 'write-log-failed', verb: 'append', reason: reasonOf(error) })
        // It may have landed all the same: then it must not come back after a restart.
        void (async () => log.done([id]))().catch(() => {})
        throw refusedError(operation, error)
      },
    )
  }

  #newWrite(operation: Operation, payload: string, acked: boolean): PendingWrite {
    return {
      id: this.#nextId(),
      payload,
      payloadVersion: operation.payloadVersion,
      enqueuedAt: this.#parts.clock.now(),
      acked,
    }
  }

  async #close(deadlineMs: number): Promise<{ left: number }> {
    this.#life = 'closed'
    this.#intake.close(closedError)
    if (this.#buffer.size > 0 && deadlineMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.after(deadlineMs, resolve)
        void this.flush().then(() => {
          timer.stop()
          resolve()
        })
      })
    }
    this.#drainer.end()
    for (const lane of this.#buffer.lanes.values()) {
      for (const { direct } of lane.groups) direct?.reject(closedError())
    }
    return { left: this.#buffer.size }
  }
}
