import type { ParkedWrites, DeadLetter } from '../cache/pending.js'
import { Acceptance } from './accept.js'
import { Buffer } from './buffer.js'
import { BufferLog } from './buffer-log.js'
import { DeadLetters } from './dead-letters.js'
import { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { drained } from './flush.js'
import { Fleet } from './fleet.js'
import { hold } from './hold.js'
import { Intake } from './intake.js'
import { LogMarks } from './log-marks.js'
import type { Operation } from './operation.js'
import { isDirty, overlayOf, type Overlay } from './overlay.js'
import { parkedWrites } from './parked.js'
import { type Payload, payloadOf } from './payload.js'
import { recover } from './recover.js'
import { Role } from './role.js'
import { closedError, unfitError, unopenedError } from './turned-away.js'
import type { WriteLog } from './write-log.js'
import type { WritesParts } from './writes-parts.js'

type Life = 'new' | 'open' | 'closed'

/** Write-behind of one cache: takes writes, answers reads of keys that have some pending, and brings them to their sinks. */
export class Writes {
  readonly #parts: WritesParts
  readonly #buffer = new Buffer()
  readonly #log: WriteLog
  readonly #intake: Intake
  readonly #drainer: Drainer
  readonly #acceptance: Acceptance
  readonly #letters: DeadLetters
  readonly #tell: Tell
  readonly #role: Role
  readonly fleet: Fleet
  #life: Life = 'new'
  #opening: Promise<void> | undefined
  #closing: Promise<{ left: number }> | undefined

  constructor(parts: WritesParts) {
    const {
      cache,
      clock,
      options,
      encode,
      decode,
      emit,
      onCall,
      onDone,
      random = Math.random,
      role = new Role(),
    } = parts
    const log = parts.log ?? new BufferLog(cache, this.#buffer, encode)
    this.#parts = parts
    this.#log = log
    this.#role = role
    if (parts.log === undefined) this.#life = 'open'
    this.#tell = (happening) => {
      try {
        emit({ cache, ...happening })
      } catch {
        // An observer's fault is not the writer's.
      }
    }
    this.#intake = new Intake(clock)
    const onRoom = () => this.#intake.admit(() => this.#acceptance.hasRoom)
    this.#drainer = new Drainer({
      buffer: this.#buffer,
      marks: new LogMarks(log, clock, this.#tell, random, role),
      role,
      clock,
      options,
      decode,
      random,
      tell: this.#tell,
      onCall: (keys) => onCall?.(keys),
      onApplied: (keys) => onDone?.(keys),
      onRoom,
    })
    this.#acceptance = new Acceptance(parts, log, this.#buffer, this.#intake, this.#drainer, this.#tell)
    this.fleet = new Fleet(parts, this.#buffer, this.#drainer, this.#tell, onRoom)
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

  /** What is still being read from the log: reads wait for it, as any key may have a write there. Never rejects. */
  get opening(): Promise<void> | undefined {
    return this.#life === 'new' ? this.#opening?.catch(() => {}) : undefined
  }

  /** The service of an operation is there: its recovered writes may drain. */
  bind(operation: Operation): void {
    this.#buffer.coalesce(operation)
    this.#drainer.bind(operation)
  }

  /**
   * Takes one write; resolves when the log has it as durably as it promises. The write is seen by reads from the call on and
   * taken back if the log refuses it. The list of arguments is this one's from now on: nobody else may change it. Rejects with
   * `WriteBehindError`: closed, full, not encodable, refused by the log.
   */
  submit(operation: Operation, keyText: string, keyParts: readonly unknown[], args: readonly unknown[]): Promise<void> {
    if (this.#closing) return Promise.reject(closedError())
    const folded = this.#life === 'open' ? this.#acceptance.fold(operation, keyText, args) : undefined
    if (folded) return folded
    let payload: Payload
    try {
      payload = payloadOf(keyParts, args, this.#log.durable, this.#parts)
    } catch (error) {
      return Promise.reject(unfitError(operation, error))
    }
    if (this.#life === 'open') return this.#admit(operation, keyText, payload)
    return this.open().then(
      () => this.#admit(operation, keyText, payload),
      (error) => Promise.reject(unopenedError(error)),
    )
  }

  /** Acknowledged writes, and those that are being logged, that are neither done nor dead. */
  pending(): number {
    return this.#buffer.size
  }

  /** What waits for a service, or for a release that can read it. */
  parked(): ParkedWrites[] {
    return parkedWrites(this.#buffer, this.#drainer)
  }

  /** Wall time of the oldest pending write. */
  oldest(): number | undefined {
    return this.#buffer.oldest()
  }

  /** Whether a key has a write that its sink does not have yet, or may have one in a log that is being read. */
  dirty(keyText: string): boolean {
    if (this.#buffer.lanes.size > 0) return isDirty(this.#buffer, keyText)
    return this.#life === 'new' && this.#opening !== undefined
  }

  /** What a read of that key gives while writes are pending, over what is cached. */
  overlay(keyText: string, cached: unknown): Overlay {
    // What another process runs now cannot be told from what it has yet to run.
    if (this.#role.following) return { kind: isDirty(this.#buffer, keyText) ? 'flush' : 'clean' }
    return overlayOf(this.#buffer, this.#drainer.lines, keyText, cached, this.#parts.decode)
  }

  /** Another object after each beginning and end of a sink's call with writes of the key; undefined: nothing is pending. */
  stamp(keyText: string): object | undefined {
    return this.#buffer.lanes.get(keyText)?.stamp
  }

  /** The end of the sink's call under way with writes of the key; undefined: there is none. */
  call(keyText: string): Promise<void> | undefined {
    const calmers = this.#buffer.lanes.get(keyText)?.calmers
    return calmers && new Promise((resolve) => calmers.push(resolve))
  }

  /** No call of the key's sink begins until the answer is called, or somebody flushes. */
  hold(keyText: string): () => void {
    const lane = this.#buffer.lanes.get(keyText)
    return lane ? hold(lane) : () => {}
  }

  /**
   * Waits until what is pending now, of one key or of all, is done or dead; parked writes are left out. It ends the window in
   * which writes gather; for one key it does not shorten the pause after a failure, so that reads cannot storm a sink that is out.
   */
  async flush(keyText?: string): Promise<void> {
    if (this.opening) await this.opening
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

  deadLetters({ content = false }: { content?: boolean } = {}): Promise<readonly DeadLetter[]> {
    return this.#letters.list(content)
  }

  /** Runs a dead letter again, behind what is pending on its key; false when there is none. */
  async replay(id: string): Promise<boolean> {
    if (this.#closing) throw closedError()
    await this.open()
    return this.#letters.replay(id)
  }

  /** Forgets a dead letter; false when there is none. */
  discard(id: string): Promise<boolean> {
    return this.#letters.discard(id)
  }

  async #recover(): Promise<void> {
    const { cache, options } = this.#parts
    const mine = (await this.#log.pending()).filter((write) => write.cache === cache)
    if (this.#life !== 'new') return
    this.#life = 'open'
    recover([...mine, ...this.fleet.open()], this.#buffer, this.#drainer, options.attempts, this.#tell)
  }

  #admit(operation: Operation, keyText: string, payload: Payload): Promise<void> {
    if (this.#closing) return Promise.reject(closedError())
    if (operation.sink && !this.#drainer.line(operation.name).operation) this.bind(operation)
    return this.#acceptance.admit(operation, keyText, payload)
  }

  async #close(deadlineMs: number): Promise<{ left: number }> {
    const { clock } = this.#parts
    const end = clock.monotonic() + deadlineMs
    this.#intake.close(closedError)
    if (this.opening) await this.#within(end - clock.monotonic(), this.opening)
    this.#life = 'closed'
    if (this.#buffer.size > 0 && !this.#role.following && clock.monotonic() < end)
      await this.#within(end - clock.monotonic(), this.flush())
    this.#drainer.end()
    for (const lane of this.#buffer.lanes.values()) {
      for (const { direct } of lane.groups) direct?.reject(closedError())
    }
    return { left: this.#buffer.size }
  }

  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(ms, resolve)
      void work.then(() => timer.stop()).then(resolve)
    })
  }
}
