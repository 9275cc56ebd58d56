/** The rate limit of calls: evenly spaced, no bursts. */
export class Pacer {
    clock;
    rate;
    wake;
    #nextAt = Number.NEGATIVE_INFINITY;
    #timer;
    constructor(clock, rate, wake) {
        this.clock = clock;
        this.rate = rate;
        this.wake = wake;
    }
    /** Whether a call must wait; if so it will be woken. */
    mustWait(now) {
        if (this.rate === undefined || now >= this.#nextAt)
            return false;
        this.#timer ??= this.clock.after(this.#nextAt - now, () => {
            this.#timer = undefined;
            this.wake();
        });
        return true;
    }
    /** Notes a call. */
    called(now) {
        if (this.rate !== undefined)
            this.#nextAt = Math.max(now, this.#nextAt) + 1000 / this.rate;
    }
    stop() {
        this.#timer?.stop();
    }
}
//# sourceMappingURL=pacer.js.map