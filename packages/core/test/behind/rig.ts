import { memoryWriteLog } from '#core/behind/memory-log.js'
import { loadEngine } from '#core/behind/engine-room.js'
import type { WritesEvent } from '#core/behind/event.js'
import type { Operation, Write } from '#core/behind/operation.js'
import { defaultWritesOptions, type WritesOptions } from '#core/behind/options.js'
import type { WriteLog } from '#core/behind/write-log.js'
import { Writes } from '#core/behind/writes.js'
import { CacheValueError } from '#core/kernel/errors.js'
import { FakeClock } from '#core/testing/fake-clock.js'

// As it is from the second write of a process on.
await loadEngine()

/** A call that a sink got. */
export interface Call {
  readonly ids: string[]
  readonly keys: unknown[]
  readonly args: unknown[][]
}

/** A sink that writes down what it gets and fails or waits as it is told. */
export class RecordingSink {
  readonly calls: Call[] = []
  /** Calls that worked. */
  readonly applied: Call[] = []
  fail: (batch: Write[]) => unknown = () => undefined
  hold: Promise<void> | undefined
  /** What the cache does once the sink has a write. */
  afterwards: Promise<void> | undefined
  running = 0
  widest = 0

  readonly one = (write: Write) => this.take([write])
  readonly many = (batch: Write[]) => this.take(batch)

  /** All arguments that arrived, in order. */
  get args(): unknown[][] {
    return this.applied.flatMap((call) => call.args)
  }

  private async take(batch: Write[]): Promise<void> {
    const call = { ids: batch.map((w) => w.id), keys: batch.map((w) => w.key[0]), args: batch.map((w) => w.args) }
    this.calls.push(call)
    this.running += 1
    this.widest = Math.max(this.widest, this.running)
    try {
      await this.hold
      const error = this.fail(batch)
      if (error !== undefined) throw error
      this.applied.push(call)
    } finally {
      this.running -= 1
    }
  }
}

/** Text of plain data; refuses functions, as the real codec does. */
export function encodePlain(value: unknown): string {
  const refuse = (part: unknown, path: string): void => {
    if (typeof part === 'function') throw new CacheValueError('a function', path)
    if (Array.isArray(part)) part.forEach((one, at) => refuse(one, `${path}[${at}]`))
    else if (part && typeof part === 'object')
      for (const [name, one] of Object.entries(part)) refuse(one, `${path}.${name}`)
  }
  refuse(value, 'value')
  return JSON.stringify(value)
}

export interface Rig {
  readonly clock: FakeClock
  readonly log: WriteLog
  readonly sink: RecordingSink
  readonly events: WritesEvent[]
  readonly done: string[]
  readonly writes: Writes
  operation(more?: Partial<Operation>): Operation
  submit(key: string, ...args: unknown[]): Promise<void>
  counts(type: WritesEvent['type']): number
  /** Another process on the same log: what ran before is cut off. */
  restart(): Rig
}

export function rig(
  options: Partial<WritesOptions> = {},
  more: Partial<Operation> = {},
  log: WriteLog = memoryWriteLog(),
  clock = new FakeClock(),
  cache = 'visits',
): Rig {
  const sink = new RecordingSink()
  const events: WritesEvent[] = []
  const done: string[] = []
  const writes = new Writes({
    cache,
    log,
    clock,
    options: { ...defaultWritesOptions, ...options },
    encode: encodePlain,
    decode: JSON.parse,
    emit: (event) => void events.push(event),
    onDone: (keys) => {
      done.push(...keys)
      return sink.afterwards
    },
    random: () => 0.5,
  })
  const operation = (other: Partial<Operation> = {}): Operation => ({
    name: 'Users.save',
    payloadVersion: 1,
    coalesce: true,
    sink: { one: sink.one },
    ...more,
    ...other,
  })
  const standard = operation()
  return {
    clock,
    log,
    sink,
    events,
    done,
    writes,
    operation,
    submit: (key, ...args) => writes.submit(standard, key, [key], args),
    counts: (type) => events.filter((event) => event.type === type).length,
    restart: () => {
      void writes.close(0)
      return rig(options, more, log, clock, cache)
    },
  }
}

/** A promise and its key. */
export function gate(): { promise: Promise<void>; open: () => void } {
  let open = () => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

/** What a promise has come to so far. */
export async function soFar(promise: Promise<unknown>): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve))
  return Promise.race([
    promise.then(
      () => 'resolved',
      (error: Error) => error.message,
    ),
    Promise.resolve().then(() => Promise.resolve('open')),
  ])
}

export async function rejection(promise: Promise<unknown>): Promise<any> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
