/** A new group of these writes; `open` unless they ran before. */
export function newGroup(operation, writes, dueAt, direct) {
    const group = {
        operation,
        writes,
        durable: 0,
        stage: 'open',
        dueAt,
        attempts: 0,
        failures: 0,
        company: Number.POSITIVE_INFINITY,
        direct,
    };
    advance(group, false);
    return group;
}
/** The id of the group, and its idempotency key. */
export const groupId = (group) => group.writes[0]?.id ?? '';
export const writeIdsOf = (group) => group.writes.map((write) => write.id);
/** Counts the leading writes that are durable; where the newest wins, the payloads of those before it are let go. */
export function advance(group, newestWins) {
    while (group.writes[group.durable]?.acked) {
        group.durable += 1;
        const replaced = group.writes[group.durable - 2];
        if (newestWins && replaced)
            replaced.payload = '';
    }
}
export function pendingOf(logged, acked) {
    const { id, payload, payloadVersion, enqueuedAt } = logged;
    return { id, payload, payloadVersion, enqueuedAt, acked };
}
/** Tells those who wait that the group came to its end. */
export function settle(group) {
    const { waiters } = group;
    group.waiters = undefined;
    if (waiters)
        for (const wake of waiters)
            wake();
}
//# sourceMappingURL=group.js.map