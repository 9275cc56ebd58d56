import type { Clock, Timer } from '../kernel/clock.js'
import type { Lane } from './group.js'
import type { Operation } from './operation.js'

/** Where the line of an operation stands; the diagram is at the head of `drainer.ts`. */
export type Phase = 'parked' | 'idle' | 'waiting' | 'draining' | 'backing-off' | 'probing'

/** Keys that must fail in a row, with no success between, before the sink counts as out instead of the writes as bad. */
const enough = 3

/** The drain of one operation: its window, the keys that are ready, and whether its sink works. */
export class Line {
  phase: Phase = 'parked'
  operation: Operation | undefined
  /** Open while writes gather. */
  window: Timer | undefined
  windowEndsAt = 0
  /** Wakes a sink that is out. */
  probe: Timer | undefined
  /** Calls under way. */
  calls = 0
  /** Failures in a row while out. */
  tries = 0
  lastSuccessAt = Number.NEGATIVE_INFINITY
  /** Ready keys by the size of batch that their first group may stand in. */
  readonly #ready = new Map<number, Set<Lane>>()
  readonly #failing = new Set<string>()

  constructor(readonly name: string) {}

  get isOut(): boolean {
    return this.phase === 'backing-off' || this.phase === 'probing'
  }

  /** Whether a call may begin. */
  get canTake(): boolean {
    if (this.phase === 'parked' || this.phase === 'backing-off') return false
    if (this.phase === 'probing' && this.calls > 0) return false
    return this.hasReady
  }

  get hasReady(): boolean {
    for (const lanes of this.#ready.values()) if (lanes.size > 0) return true
    return false
  }

  /** Puts a key at the end of those that are ready. */
  enqueue(lane: Lane, company: number): void {
    let lanes = this.#ready.get(company)
    if (!lanes) this.#ready.set(company, (lanes = new Set()))
    lanes.add(lane)
    lane.ready = lanes
  }

  /**
   * The ready keys that may stand in one batch, the smallest batches first: they are what failed. A sink that is out is asked with
   * those that are least to blame.
   */
  nextCompany(): [company: number, lanes: Set<Lane>] | undefined {
    let found: [number, Set<Lane>] | undefined
    for (const [company, lanes] of this.#ready) {
      if (lanes.size === 0) this.#ready.delete(company)
      else if (!found || (this.phase === 'probing' ? company > found[0] : company < found[0])) found = [company, lanes]
    }
    return found
  }

  /** Goes to the phase that its work asks for; parked, backing off and probing end by their own events. */
  settle(): void {
    if (this.phase === 'parked' || this.isOut) return
    this.phase = this.calls > 0 || this.hasReady ? 'draining' : this.window ? 'waiting' : 'idle'
  }

  /** Notes a call that worked; true when the sink was out before. */
  worked(at: number): boolean {
    const wasOut = this.isOut
    this.#failing.clear()
    this.tries = 0
    this.lastSuccessAt = at
    this.probe?.stop()
    this.probe = undefined
    if (wasOut) this.phase = 'draining'
    return wasOut
  }

  /** Notes a write that failed on its own; true when so many keys did in a row that it must be the sink. */
  failed(key: string): boolean {
    this.#failing.add(key)
    return this.#failing.size >= enough
  }

  /** The sink is asked again after a pause. */
  backOff(clock: Clock, delay: number, wake: () => void): void {
    this.phase = 'backing-off'
    this.probe?.stop()
    this.probe = clock.after(delay, () => {
      this.beginProbe()
      wake()
    })
  }

  beginProbe(): void {
    this.probe?.stop()
    this.probe = undefined
    this.phase = 'probing'
  }

  stop(): void {
    this.window?.stop()
    this.probe?.stop()
    this.window = this.probe = undefined
  }
}
