import { newGroup, pendingOf } from './group.js';
/** The operations of one cache that were given up: kept in the log until somebody decides. */
export class DeadLetters {
    cache;
    log;
    buffer;
    drainer;
    constructor(cache, log, buffer, drainer) {
        this.cache = cache;
        this.log = log;
        this.buffer = buffer;
        this.drainer = drainer;
    }
    list() {
        return this.log.dead(this.cache);
    }
    /** Runs it again, behind what is pending on its key, under its own id; false when there is none. */
    async replay(id) {
        if (!(await this.has(id)))
            return false;
        const revived = await this.log.revive(id);
        if (!revived)
            return false;
        const group = newGroup(revived.operation, [pendingOf(revived, true)], Number.NEGATIVE_INFINITY);
        this.drainer.offer(this.buffer.push(revived.key, group));
        this.drainer.pump();
        return true;
    }
    /** Forgets it; false when there is none. */
    async discard(id) {
        return (await this.has(id)) && this.log.discard(id);
    }
    async has(id) {
        return (await this.list()).some((write) => write.id === id);
    }
}
//# sourceMappingURL=dead-letters.js.map