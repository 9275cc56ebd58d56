import { argsForRead } from './fold.js';
const clean = { kind: 'clean' };
const flush = { kind: 'flush' };
/** Whether a key has a write that its sink does not have yet. */
export function isDirty(buffer, key) {
    const lane = buffer.lanes.get(key);
    return lane?.groups.some((group) => group.stage !== 'applied' && !group.direct) ?? false;
}
/** Folds the pending writes of a key over what is cached, oldest first. */
export function overlayOf(buffer, lines, key, cached, decode) {
    const lane = buffer.lanes.get(key);
    if (!lane)
        return clean;
    let value = cached;
    let found = false;
    for (const group of lane.groups) {
        if (group.stage === 'applied' || group.direct)
            continue;
        const operation = lines.get(group.operation)?.operation;
        if (!operation?.value)
            return flush;
        try {
            value = operation.value(value, ...argsForRead(group, operation, decode));
        }
        catch {
            return flush;
        }
        found = true;
    }
    return found ? { kind: 'value', value } : clean;
}
//# sourceMappingURL=overlay.js.map