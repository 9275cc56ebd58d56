import { WriteBehindError } from '../kernel/errors.js';
const longestWait = 1000;
/** The queue before a full buffer: first come, first in, one second at most. */
export class Intake {
    clock;
    #waiters = [];
    #gone = 0;
    constructor(clock) {
        this.clock = clock;
    }
    /** Those who wait. */
    get waiting() {
        return this.#waiters.length - this.#gone;
    }
    /** Runs `accept` once there is room. */
    wait(accept) {
        return new Promise((resolve, reject) => {
            const waiter = {
                admit: () => accept().then(resolve, reject),
                reject,
                timer: this.clock.after(longestWait, () => {
                    waiter.admit = undefined;
                    this.#gone += 1;
                    reject(new WriteBehindError(`write-behind is full, and no room came within ${longestWait} ms: raise maxPending or slow down`));
                }),
            };
            this.#waiters.push(waiter);
        });
    }
    /** Lets them in while there is room. */
    admit(hasRoom) {
        let at = 0;
        while (at < this.#waiters.length) {
            const waiter = this.#waiters[at];
            if (waiter.admit && !hasRoom())
                break;
            at += 1;
            if (!waiter.admit) {
                this.#gone -= 1;
                continue;
            }
            waiter.timer.stop();
            waiter.admit();
        }
        if (at > 0)
            this.#waiters = this.#waiters.slice(at);
    }
    /** Turns all away. */
    close(error) {
        for (const waiter of this.#waiters) {
            waiter.timer.stop();
            if (waiter.admit)
                waiter.reject(error());
        }
        this.#waiters = [];
        this.#gone = 0;
    }
}
//# sourceMappingURL=intake.js.map