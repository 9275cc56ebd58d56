import type { DeadLetter, ParkedWrites } from '../cache/pending.js'
import type { Engine } from './engine.js'
import { engineRoom, loadEngine } from './engine-room.js'
import type { Operation } from './operation.js'
import type { Overlay } from './overlay.js'
import { type Payload, payloadOf } from './payload.js'
import { closedError, unfitError, unopenedError } from './turned-away.js'
import { within } from './within.js'
import type { WritesParts } from './writes-parts.js'

/** `new`: its engine may still have to be loaded, and its log to be read. */
type Life = 'new' | 'open' | 'closed'

/** Write-behind of one cache: takes writes, answers reads of keys that have some pending, and brings them to their sinks. */
export class Writes {
  readonly #parts: WritesParts
  #engine: Engine | undefined
  /** What is to be bound once the engine is there. */
  readonly #unbound: Operation[] = []
  /** Writes that came before it is open, in their order. */
  readonly #early: { admit(): void; reject(error: unknown): void }[] = []
  #life: Life = 'new'
  #opening: Promise<void> | undefined
  #closing: Promise<{ left: number }> | undefined

  constructor(parts: WritesParts) {
    this.#parts = parts
    const room = engineRoom()
    if (room === undefined) return
    this.#engine = new room.Engine(parts)
    if (parts.log === undefined) this.#life = 'open'
  }

  /** Loads the engine, then reads what the log still has of this cache. Idempotent; after a failure it may be tried again. */
  open(): Promise<void> {
    this.#opening ??= this.#recover().catch((error) => {
      this.#opening = undefined
      for (const { reject } of this.#early.splice(0)) reject(unopenedError(error))
      throw error
    })
    return this.#opening
  }

  /** What is still being read from the log: reads wait for it, as any key may have a write there. Never rejects. */
  get opening(): Promise<void> | undefined {
    if (!this.#isReading || this.#opening === undefined) return undefined
    const read = this.#opening.catch(() => {})
    return Promise.race([read, ...(this.#parts.busy ? [this.#parts.busy.begins] : [])])
  }

  /** What another process still drains is not waited for. */
  get #isReading(): boolean {
    return this.#life === 'new' && this.#opening !== undefined && !this.#parts.busy?.now
  }

  /** The service of an operation is there: its recovered writes may drain. */
  bind(operation: Operation): void {
    if (this.#engine === undefined) this.#unbound.push(operation)
    else this.#engine.bind(operation)
  }

  /**
   * Takes one write; resolves when the log has it as durably as it promises. The write is seen by reads from the call on and
   * taken back if the log refuses it. The list of arguments is this one's from now on: nobody else may change it. Rejects with
   * `WriteBehindError`: closed, full, not encodable, refused by the log.
   */
  submit(operation: Operation, keyText: string, keyParts: readonly unknown[], args: readonly unknown[]): Promise<void> {
    if (this.#closing) return Promise.reject(closedError())
    const folded = this.#life === 'open' ? this.#engine!.acceptance.fold(operation, keyText, args) : undefined
    if (folded) return folded
    let payload: Payload
    try {
      payload = payloadOf(keyParts, args, this.#parts.log?.durable === true, this.#parts)
    } catch (error) {
      return Promise.reject(unfitError(operation, error))
    }
    if (this.#life === 'open') return this.#admit(operation, keyText, payload)
    return new Promise((resolve, reject) => {
      this.#early.push({ admit: () => resolve(this.#admit(operation, keyText, payload)), reject })
      this.open().catch(() => {})
    })
  }

  /** Acknowledged writes, and those that are being logged, that are neither done nor dead. */
  pending(): number {
    return this.#engine?.buffer.size ?? 0
  }

  /** What waits for a service, or for a release that can read it. */
  parked(): ParkedWrites[] {
    return this.#engine?.parked() ?? []
  }

  /** Wall time of the oldest pending write. */
  oldest(): number | undefined {
    return this.#engine?.buffer.oldest()
  }

  /** Whether a key has a write that its sink does not have yet, or may have one in a log that is being read. */
  dirty(keyText: string): boolean {
    if (this.#engine !== undefined && this.#engine.buffer.lanes.size > 0) return this.#engine.dirty(keyText)
    return this.#isReading
  }

  /** What a read of that key gives while writes are pending, over what is cached. */
  overlay(keyText: string, cached: unknown): Overlay {
    return this.#engine?.overlay(keyText, cached) ?? { kind: 'clean' }
  }

  /** Another object after each beginning and end of a sink's call with writes of the key; undefined: nothing is pending. */
  stamp(keyText: string): object | undefined {
    return this.#engine?.stamp(keyText)
  }

  /** The end of the sink's call under way with writes of the key; undefined: there is none. */
  call(keyText: string): Promise<void> | undefined {
    return this.#engine?.call(keyText)
  }

  /** No call of the key's sink begins until the answer is called, or somebody flushes. */
  hold(keyText: string): () => void {
    return this.#engine?.hold(keyText) ?? (() => {})
  }

  /**
   * Waits until what is pending now, of one key or of all, is done or dead; parked writes are left out. It ends the window in
   * which writes gather; for one key it does not shorten the pause after a failure, so that reads cannot storm a sink that is out.
   */
  async flush(keyText?: string): Promise<void> {
    if (this.opening) await this.opening
    await this.#engine?.flush(keyText)
  }

  /** Stops intake and drains for at most `deadlineMs`; what is left stays in the log. A second call gets the first one's answer. */
  close(deadlineMs: number): Promise<{ left: number }> {
    this.#closing ??= this.#close(deadlineMs)
    return this.#closing
  }

  /** What another process told of the log. */
  get fleet(): Engine['fleet'] {
    return this.#made().fleet
  }

  async deadLetters({ content = false }: { content?: boolean } = {}): Promise<readonly DeadLetter[]> {
    return (await this.#loaded()).letters.list(content)
  }

  /** Runs a dead letter again, behind what is pending on its key; false when there is none. */
  async replay(id: string): Promise<boolean> {
    if (this.#closing) throw closedError()
    await this.open()
    return (await this.#loaded()).letters.replay(id)
  }

  /** Forgets a dead letter; false when there is none. */
  async discard(id: string): Promise<boolean> {
    return (await this.#loaded()).letters.discard(id)
  }

  /** The engine, of which the code is loaded. */
  #made(): Engine {
    if (this.#engine !== undefined) return this.#engine
    this.#engine = new (engineRoom()!.Engine)(this.#parts)
    for (const operation of this.#unbound.splice(0)) this.#engine.bind(operation)
    return this.#engine
  }

  async #loaded(): Promise<Engine> {
    if (this.#engine === undefined) await loadEngine()
    return this.#made()
  }

  async #recover(): Promise<void> {
    const engine = await this.#loaded()
    const { cache, log } = this.#parts
    const mine = log === undefined ? [] : (await log.pending()).filter((write) => write.cache === cache)
    if (this.#life === 'new') {
      this.#life = 'open'
      engine.recover(mine)
    }
    // In this very step: what comes from now on stands behind them.
    for (const { admit } of this.#early.splice(0)) admit()
  }

  #admit(operation: Operation, keyText: string, payload: Payload): Promise<void> {
    // What came before the close and waited for the opening is still taken.
    if (this.#life === 'closed') return Promise.reject(closedError())
    const engine = this.#engine!
    if (operation.sink && !engine.knows(operation.name)) engine.bind(operation)
    return engine.acceptance.admit(operation, keyText, payload)
  }

  async #close(deadlineMs: number): Promise<{ left: number }> {
    const { clock, role } = this.#parts
    const end = clock.monotonic() + deadlineMs
    this.#engine?.shut()
    if (this.opening) await within(clock, end - clock.monotonic(), this.opening)
    this.#life = 'closed'
    if (this.pending() > 0 && !role?.following && clock.monotonic() < end)
      await within(clock, end - clock.monotonic(), this.flush())
    return { left: this.#engine?.end() ?? 0 }
  }
}
