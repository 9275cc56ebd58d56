/*
 * One line per operation:
 *
 *            bind                a write                 window ends, flush, full, close
 *   parked ────────▶ idle ──────────────────▶ waiting ───────────────────────────────────▶ draining ◀─────────────┐
 *                     ▲                          ▲                                          │   │                 │
 *                     └──── nothing pending ─────┴────────── nothing ready ─────────────────┘   │ three keys      │ a call
 *                                                                                               │ fail in a row   │ works
 *                              fails: a longer pause                                            ▼                 │
 *                        ┌──────────────────────────────── probing ◀──── pause ends ────── backing-off            │
 *                        └──────────────────────────────▶ (one call)                            ▲                 │
 *                                     to backing-off         └────────────────────────────────────────────────────┘
 *
 * One group of writes:  open ── claim, in the log ──▶ claimed ── the sink answers ──▶ applied ── done, in the log ──▶ gone
 *                                                       │  ▲
 *                          fails: halve the batch at once, or pause the key; given up after `attempts` alone: bury ──▶ dead
 *
 * While a sink is out nothing is given up: a dead letter tells of a bad write, not of a bad hour.
 */
import { takeBatch, type Batch, type Taken } from './batch.js'
import { callDirect } from './direct-call.js'
import type { DrainParts } from './drain-parts.js'
import { claimAll } from './claiming.js'
import { bury, succeed } from './ending.js'
import { beginCall, endCall, settle, type Group, type Lane } from './group.js'
import { letGo } from './hold.js'
import { Line } from './line.js'
import type { Operation, Sink } from './operation.js'
import { Pacer } from './pacer.js'
import { Rota } from './rota.js'
import { judge, tellRetry } from './setback.js'
import { handOver } from './sink-call.js'

/** Moves groups from the buffer to their sinks: up to `concurrency` calls at once, each of other keys. */
export class Drainer {
  readonly lines = new Map<string, Line>()
  #calls = 0
  readonly #rota = new Rota()
  readonly #pacer: Pacer
  #ended = false

  constructor(private readonly parts: DrainParts) {
    this.#pacer = new Pacer(parts.clock, parts.options.rate, () => this.pump())
  }

  line(name: string): Line {
    let line = this.lines.get(name)
    if (!line) this.lines.set(name, (line = new Line(name)))
    return line
  }

  /** The service of an operation is there: what was parked for want of it may run. */
  bind(operation: Operation): void {
    const line = this.line(operation.name)
    line.operation = operation
    if (line.phase === 'parked' && operation.sink) line.phase = 'idle'
    for (const lane of this.parts.buffer.lanes.values()) {
      if (lane.groups[0]?.operation !== operation.name) continue
      lane.parked = undefined
      this.offer(lane)
    }
    this.pump()
  }

  /** When a new write of the operation may drain; opens the window that it waits for. */
  dueAt(operation: Operation): number {
    const { clock, options } = this.parts
    const line = this.line(operation.name)
    if (!line.window) {
      const wait = operation.flushEvery ?? options.flushEvery
      line.windowEndsAt = clock.monotonic() + wait
      line.window = clock.after(wait, () => this.endWindow(line))
      line.settle()
    }
    return line.windowEndsAt
  }

  /** Whether a key's first group waits for the end of a window, which will offer it. */
  gathers({ groups: [head] }: Lane): boolean {
    return head?.stage === 'open' && Number.isFinite(head.dueAt) && this.lines.get(head.operation)?.window !== undefined
  }

  /** Makes everything due that gathers in open windows. */
  endWindows(): void {
    for (const line of this.lines.values()) if (line.window) this.endWindow(line)
  }

  private endWindow(line: Line): void {
    line.window?.stop()
    line.window = undefined
    for (const lane of this.parts.buffer.lanes.values()) {
      for (const group of lane.groups) if (group.operation === line.name) group.dueAt = Number.NEGATIVE_INFINITY
      this.offer(lane)
    }
    line.settle()
    this.pump()
  }

  /** Makes a key due now; its pause after a failure stays. */
  hurry(lane: Lane): void {
    letGo(lane)
    for (const group of lane.groups) group.dueAt = Number.NEGATIVE_INFINITY
    this.offer(lane)
    this.pump()
  }

  /** Makes everything due now, and ends every pause once. */
  hurryAll(): void {
    for (const line of this.lines.values()) {
      line.window = void line.window?.stop()
      if (line.phase === 'backing-off') line.beginProbe()
    }
    for (const lane of this.parts.buffer.lanes.values()) {
      lane.pause = void lane.pause?.stop()
      letGo(lane)
      for (const group of lane.groups) group.dueAt = Number.NEGATIVE_INFINITY
      this.offer(lane)
    }
    this.pump()
  }

  /** Whether its first group cannot run until something is bound. */
  isParked(lane: Lane): boolean {
    const [head] = lane.groups
    if (lane.parked !== undefined) return true
    return head !== undefined && !head.direct && !this.line(head.operation).operation?.sink
  }

  /** Puts a key among the ready ones if its first group may run. */
  offer(lane: Lane): void {
    const head = lane.groups[0]
    if (
      !head ||
      this.#ended ||
      this.parts.role.following ||
      lane.taken > 0 ||
      lane.ready ||
      lane.pause ||
      lane.parked !== undefined
    )
      return
    if (head.durable === 0 || head.dueAt > this.parts.clock.monotonic()) return
    const line = this.line(head.operation)
    if (!line.operation?.sink) return
    if (head.direct) {
      void this.runDirect(lane, head, line.operation, line.operation.sink)
      return
    }
    line.enqueue(lane, head.company)
    line.settle()
  }

  /** Begins as many calls as may run. */
  pump(): void {
    const { clock, options, buffer, decode } = this.parts
    while (!this.#ended && this.#calls < options.concurrency) {
      const line = this.#rota.next(this.lines)
      const now = clock.monotonic()
      if (!line || this.#pacer.mustWait(now)) break
      const { operation } = line
      if (!operation?.sink) break
      const { maxBatch = options.maxBatch, sink } = operation
      const batch = takeBatch({ line, operation, sink, buffer, decode, now, maxBatch })
      for (const { lane, reason } of batch.unreadable) this.park(lane, reason)
      if (batch.taken.length === 0) continue
      this.#pacer.called(now)
      void this.run(line, batch)
    }
    for (const line of this.lines.values()) line.settle()
  }

  /** Stops for good: timers end, calls under way are not waited for and leave no more than their done-mark. */
  end(): void {
    this.#ended = true
    this.#pacer.stop()
    for (const line of this.lines.values()) line.stop()
    for (const lane of this.parts.buffer.lanes.values()) lane.pause?.stop()
    this.parts.marks.end()
  }

  private async run(line: Line, { taken, sink }: Batch): Promise<void> {
    const { marks, onCall, onRoom, role } = this.parts
    const { term } = role
    this.#calls += 1
    line.calls += 1
    const claimed = await claimAll(taken, marks)
    const lanes = new Set(taken.map((one) => one.lane))
    for (const lane of lanes) while (lane.held) await lane.held.ended
    let marked: Promise<void> | undefined
    if (claimed && !this.#ended && role.term === term) {
      lanes.forEach(beginCall)
      onCall(Array.from(lanes, ({ key }) => key))
      for (const { group } of taken) group.attempts += 1
      const outcome = await handOver(sink, taken, this.parts)
      // In a later term these writes are another process's.
      const mine = role.term === term
      if (outcome.kind === 'done') marked = mine ? succeed(line, taken, this.parts) : undefined
      else if (mine && !this.#ended) marked = this.fail(line, taken, outcome.error)
    }
    // The sink is free; the log's mark holds up these keys alone.
    line.calls -= 1
    this.#calls -= 1
    this.pump()
    await marked
    for (const lane of lanes) this.release(lane)
    onRoom()
    this.pump()
  }

  private async fail(line: Line, taken: readonly Taken[], error: unknown): Promise<void> {
    const { buffer, clock, options, random, tell } = this.parts
    const setback = judge(taken, error, { line, buffer, clock, options, random })
    const [first] = taken as [Taken]
    // What failed here is taken as not done, whatever became of its call in an earlier process.
    for (const { group } of taken) group.revenant = false
    if (line.isOut && setback.kind !== 'sink-out') line.backOff(clock, options.backoff, () => this.pump())
    if (setback.kind === 'hopeless') return bury(line, first, setback.reason, this.parts)
    if (setback.kind === 'sink-out') line.backOff(clock, setback.delay, () => this.pump())
    if (setback.kind === 'pause') this.pause(first.lane, setback.delay)
    tellRetry(tell, line, taken, setback)
  }

  private pause(lane: Lane, delay: number): void {
    lane.pause = this.parts.clock.after(delay, () => {
      lane.pause = undefined
      this.offer(lane)
      this.pump()
    })
  }

  private park(lane: Lane, reason: string): void {
    lane.parked = reason
    const head = lane.groups[0]
    if (head) this.parts.tell({ type: 'write-parked', operation: head.operation, writes: head.writes.length, reason })
    for (const group of lane.groups) settle(group)
  }

  private release(lane: Lane): void {
    lane.taken = 0
    endCall(lane)
    this.parts.buffer.sweep(lane)
    this.offer(lane)
  }

  private async runDirect(lane: Lane, group: Group, operation: Operation, sink: Sink): Promise<void> {
    await callDirect(lane, group, operation, sink, this.parts)
    this.release(lane)
    this.pump()
  }
}
