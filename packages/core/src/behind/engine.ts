import { Acceptance } from './accept.js'
import { Buffer } from './buffer.js'
import { BufferLog } from './buffer-log.js'
import { DeadLetters } from './dead-letters.js'
import { Drainer } from './drainer.js'
import type { Tell } from './event.js'
import { Fleet } from './fleet.js'
import { drained } from './flush.js'
import { hold } from './hold.js'
import { Intake } from './intake.js'
import { LogMarks } from './log-marks.js'
import type { Operation } from './operation.js'
import { isDirty, overlayOf, type Overlay } from './overlay.js'
import { parkedWrites } from './parked.js'
import { recover } from './recover.js'
import { Role } from './role.js'
import { closedError } from './turned-away.js'
import type { LoggedWrite, WriteLog } from './write-log.js'
import type { WritesParts } from './writes-parts.js'

/** All that write-behind of one cache works with. No other file of the package imports it: `engine-room.ts` loads it when it is needed. */
export class Engine {
  readonly buffer = new Buffer()
  readonly log: WriteLog
  readonly acceptance: Acceptance
  readonly letters: DeadLetters
  readonly fleet: Fleet
  readonly #parts: WritesParts
  readonly #intake: Intake
  readonly #drainer: Drainer
  readonly #tell: Tell
  readonly #role: Role

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
    const { buffer } = this
    const log = parts.log ?? new BufferLog(cache, buffer, encode)
    this.#parts = parts
    this.log = log
    this.#role = role
    this.#tell = (happening) => {
      try {
        emit({ cache, ...happening })
      } catch {
        // An observer's fault is not the writer's.
      }
    }
    this.#intake = new Intake(clock)
    const onRoom = () => this.#intake.admit(() => this.acceptance.hasRoom)
    this.#drainer = new Drainer({
      buffer,
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
    this.acceptance = new Acceptance(parts, log, buffer, this.#intake, this.#drainer, this.#tell)
    this.fleet = new Fleet(parts, buffer, this.#drainer, this.#tell, onRoom)
    this.letters = new DeadLetters(cache, log, buffer, this.#drainer)
  }

  bind(operation: Operation): void {
    this.buffer.coalesce(operation)
    this.#drainer.bind(operation)
  }

  /** Whether an operation is known, with its sink. */
  knows(operation: string): boolean {
    return this.#drainer.line(operation).operation !== undefined
  }

  /** Puts into the buffer what the log had, and what others told of it before. */
  recover(writes: readonly LoggedWrite[]): void {
    const { attempts } = this.#parts.options
    recover([...writes, ...this.fleet.open()], this.buffer, this.#drainer, attempts, this.#tell)
  }

  parked() {
    return parkedWrites(this.buffer, this.#drainer)
  }

  dirty(key: string): boolean {
    return isDirty(this.buffer, key)
  }

  overlay(key: string, cached: unknown): Overlay {
    // What another process runs now cannot be told from what it has yet to run.
    if (this.#role.following) return { kind: isDirty(this.buffer, key) ? 'flush' : 'clean' }
    return overlayOf(this.buffer, this.#drainer.lines, key, cached, this.#parts.decode)
  }

  stamp(key: string): object | undefined {
    return this.buffer.lanes.get(key)?.stamp
  }

  call(key: string): Promise<void> | undefined {
    const calmers = this.buffer.lanes.get(key)?.calmers
    return calmers && new Promise((resolve) => calmers.push(resolve))
  }

  hold(key: string): () => void {
    const lane = this.buffer.lanes.get(key)
    return lane ? hold(lane) : () => {}
  }

  async flush(key: string | undefined): Promise<void> {
    const { buffer } = this
    const lane = key === undefined ? undefined : buffer.lanes.get(key)
    if (key !== undefined && !lane) return
    const lanes = lane ? [lane] : [...buffer.lanes.values()]
    if (lane) this.#drainer.hurry(lane)
    else this.#drainer.hurryAll()
    await Promise.all(lanes.map((one) => drained(one, buffer, this.#drainer)))
  }

  /** Lets nobody in any more: who waits for room is turned away. */
  shut(): void {
    this.#intake.close(closedError)
  }

  /** Stops for good; answers how many writes are left. */
  end(): number {
    this.#drainer.end()
    for (const lane of this.buffer.lanes.values()) {
      for (const { direct } of lane.groups) direct?.reject(closedError())
    }
    return this.buffer.size
  }
}
