import { callSink } from './call.js';
import { withCurrentWrite, withoutCurrentWrite } from './current-write.js';
/** Hands a batch to its sink: one write to `one`, with `currentWrite()` set, more to `many`. */
export function handOver(sink, taken, clock, timeout) {
    const { group, write } = taken[0];
    if (taken.length > 1 && sink.many) {
        const many = sink.many.bind(sink);
        const writes = taken.map((one) => one.write);
        return callSink(clock, timeout, () => withoutCurrentWrite(() => many(writes)));
    }
    const enqueuedAt = group.writes[0]?.enqueuedAt ?? 0;
    const attempt = Math.max(group.attempts, 1);
    const current = { id: write.id, attempt, enqueuedAt, key: write.key };
    return callSink(clock, timeout, () => withCurrentWrite(current, () => sink.one(write)));
}
//# sourceMappingURL=sink-call.js.map