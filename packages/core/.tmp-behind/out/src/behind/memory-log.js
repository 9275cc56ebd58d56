/** A log in the memory of this process: order, groups and dead letters as in any other, but all is gone when the process ends. */
export function memoryWriteLog() {
    const live = new Map();
    const graves = new Map();
    return {
        name: 'memory',
        durable: false,
        async open() { },
        async append(writes) {
            for (const write of writes)
                live.set(write.id, write);
        },
        async pending() {
            return [...live.values()];
        },
        async claim(group, ids) {
            for (const id of ids) {
                const write = live.get(id);
                if (write)
                    live.set(id, { ...write, group, attempts: write.attempts + 1 });
            }
        },
        async done(ids) {
            for (const id of ids)
                live.delete(id);
        },
        async bury(ids, reason, at) {
            for (const id of ids) {
                const write = live.get(id);
                if (!write)
                    continue;
                live.delete(id);
                graves.set(id, { ...write, reason, diedAt: at });
            }
        },
        async dead(cache) {
            return [...graves.values()].filter((write) => write.cache === cache);
        },
        async revive(id) {
            const dead = graves.get(id);
            if (!dead)
                return undefined;
            graves.delete(id);
            const { diedAt: _at, reason: _reason, group: _group, ...rest } = dead;
            const write = { ...rest, attempts: 0 };
            live.set(id, write);
            return write;
        },
        async discard(id) {
            return graves.delete(id);
        },
        async close() { },
    };
}
//# sourceMappingURL=memory-log.js.map