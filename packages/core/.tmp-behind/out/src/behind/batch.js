import { foldGroup } from './fold.js';
import { groupId } from './group.js';
import { reasonOf } from './reason.js';
/** Takes the groups of one call: one, unless the sink takes many; several of one key stand in it in their order. */
export function takeBatch(source) {
    const { line, sink, maxBatch } = source;
    const batch = { sink, taken: [], unreadable: [] };
    const [company, lanes] = line.nextCompany() ?? [1, new Set()];
    const most = line.phase === 'probing' || !sink.many ? 1 : Math.max(1, Math.min(company, maxBatch));
    for (const lane of lanes) {
        lanes.delete(lane);
        lane.ready = undefined;
        takeFrom(lane, company, most, source, batch);
        if (batch.taken.length >= most)
            break;
    }
    return batch;
}
function takeFrom(lane, company, most, source, batch) {
    while (batch.taken.length < most) {
        const group = lane.groups[lane.taken];
        if (!group || !mayFollow(group, company, source))
            return;
        if (group.stage === 'open')
            source.buffer.split(lane, group, group.durable);
        const write = readWrite(lane, group, source);
        if (typeof write === 'string') {
            if (lane.taken === 0)
                batch.unreadable.push({ lane, reason: write });
            return;
        }
        group.stage = 'claimed';
        lane.taken += 1;
        batch.taken.push({ lane, group, write });
    }
}
function mayFollow(group, company, { operation, now }) {
    return (group.operation === operation.name &&
        !group.direct &&
        group.durable > 0 &&
        group.dueAt <= now &&
        group.company === company);
}
/** The write of a group, or why there is none. Where writes cannot be merged, the first of them goes on its own. */
function readWrite(lane, group, { operation, decode, buffer }) {
    for (;;) {
        try {
            return { id: groupId(group), ...foldGroup(group, operation, decode) };
        }
        catch (error) {
            if (group.stage !== 'open' || group.writes.length === 1)
                return reasonOf(error);
            buffer.split(lane, group, 1);
        }
    }
}
//# sourceMappingURL=batch.js.map