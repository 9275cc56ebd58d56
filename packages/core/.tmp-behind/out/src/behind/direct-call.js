import { foldGroup } from './fold.js';
import { groupId } from './group.js';
import { handOver } from './sink-call.js';
/** Runs a write that was not logged, once; how it ends is its caller's. */
export async function callDirect(lane, group, operation, sink, parts) {
    const { buffer, clock, decode, options, onApplied } = parts;
    lane.taken = 1;
    group.stage = 'claimed';
    try {
        const write = { id: groupId(group), ...foldGroup(group, operation, decode) };
        const outcome = await handOver(sink, [{ lane, group, write }], clock, options.timeout);
        if (outcome.kind === 'failed')
            throw outcome.error;
        await Promise.allSettled([(async () => onApplied(lane.key))()]);
        group.direct?.resolve();
    }
    catch (error) {
        group.direct?.reject(error);
    }
    buffer.remove(lane, group);
}
//# sourceMappingURL=direct-call.js.map