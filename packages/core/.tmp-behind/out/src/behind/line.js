/** Keys that must fail in a row, with no success between, before the sink counts as out instead of the writes as bad. */
const enough = 3;
/** The drain of one operation: its window, the keys that are ready, and whether its sink works. */
export class Line {
    name;
    phase = 'parked';
    operation;
    /** Open while writes gather. */
    window;
    windowEndsAt = 0;
    /** Wakes a sink that is out. */
    probe;
    /** Calls under way. */
    calls = 0;
    /** Failures in a row while out. */
    tries = 0;
    lastSuccessAt = Number.NEGATIVE_INFINITY;
    /** Ready keys by the size of batch that their first group may stand in. */
    #ready = new Map();
    #failing = new Set();
    constructor(name) {
        this.name = name;
    }
    get isOut() {
        return this.phase === 'backing-off' || this.phase === 'probing';
    }
    /** Whether a call may begin. */
    get canTake() {
        if (this.phase === 'parked' || this.phase === 'backing-off')
            return false;
        if (this.phase === 'probing' && this.calls > 0)
            return false;
        return this.hasReady;
    }
    get hasReady() {
        for (const lanes of this.#ready.values())
            if (lanes.size > 0)
                return true;
        return false;
    }
    /** Puts a key at the end of those that are ready. */
    enqueue(lane, company) {
        let lanes = this.#ready.get(company);
        if (!lanes)
            this.#ready.set(company, (lanes = new Set()));
        lanes.add(lane);
        lane.ready = lanes;
    }
    /** The ready keys that may stand in one batch, the smallest batches first: they are what failed. */
    nextCompany() {
        let found;
        for (const [company, lanes] of this.#ready) {
            if (lanes.size === 0)
                this.#ready.delete(company);
            else if (!found || company < found[0])
                found = [company, lanes];
        }
        return found;
    }
    /** Goes to the phase that its work asks for; parked, backing off and probing end by their own events. */
    settle() {
        if (this.phase === 'parked' || this.isOut)
            return;
        this.phase = this.calls > 0 || this.hasReady ? 'draining' : this.window ? 'waiting' : 'idle';
    }
    /** Notes a call that worked; true when the sink was out before. */
    worked(at) {
        const wasOut = this.isOut;
        this.#failing.clear();
        this.tries = 0;
        this.lastSuccessAt = at;
        this.probe?.stop();
        this.probe = undefined;
        if (wasOut)
            this.phase = 'draining';
        return wasOut;
    }
    /** Notes a call that failed, by its first key; true when the sink is out from now on or still. */
    failed(key) {
        if (this.isOut)
            return true;
        this.#failing.add(key);
        return this.#failing.size >= enough;
    }
    stop() {
        this.window?.stop();
        this.probe?.stop();
        this.window = this.probe = undefined;
    }
}
//# sourceMappingURL=line.js.map