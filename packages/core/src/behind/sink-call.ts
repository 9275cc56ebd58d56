import type { Taken } from './batch.js'
import { callSink, type Outcome } from './call.js'
import { withCurrentWrite, withoutCurrentWrite } from './current-write.js'
import type { DrainParts } from './drain-parts.js'
import type { Sink } from './operation.js'

/** Hands a batch to its sink, and tells how that ended. */
export async function handOver(
  sink: Sink,
  taken: readonly Taken[],
  { clock, options, tell }: DrainParts,
): Promise<Outcome> {
  const began = clock.monotonic()
  const outcome = await callSink(clock, options.timeout, () => call(sink, taken))
  const about = {
    type: 'write-call',
    operation: (taken[0] as Taken).group.operation,
    calls: taken.length,
    writes: taken.reduce((sum, { group }) => sum + group.writes.length, 0),
    ms: clock.monotonic() - began,
  } as const
  tell(outcome.kind === 'done' ? about : { ...about, error: outcome.error })
  return outcome
}

/** One write goes to `one`, with `currentWrite()` set, more to `many`. */
function call(sink: Sink, taken: readonly Taken[]): unknown {
  const { group, write } = taken[0] as Taken
  if (taken.length > 1 && sink.many) {
    const many = sink.many.bind(sink)
    const writes = taken.map((one) => one.write)
    return withoutCurrentWrite(() => many(writes))
  }
  const enqueuedAt = group.writes[0]?.enqueuedAt ?? 0
  const attempt = Math.max(group.attempts, 1)
  const current = { id: write.id, attempt, enqueuedAt, key: write.key }
  return withCurrentWrite(current, () => sink.one(write))
}
