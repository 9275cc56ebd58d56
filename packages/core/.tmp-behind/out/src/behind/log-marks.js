import { backoff } from './backoff.js';
import { reasonOf } from './reason.js';
/** The marks that a drain leaves in the log. Each is tried, with growing pauses, until the log takes it or draining ends. */
export class LogMarks {
    log;
    clock;
    tell;
    random;
    #sleepers = new Set();
    #ended = false;
    constructor(log, clock, tell, random) {
        this.log = log;
        this.clock = clock;
        this.tell = tell;
        this.random = random;
    }
    /** All of these answer false when draining ended before the log took the mark. */
    claim(group, ids) {
        return this.leave('claim', () => this.log.claim(group, ids));
    }
    done(ids) {
        return this.leave('done', () => this.log.done(ids));
    }
    bury(ids, reason, at) {
        return this.leave('bury', () => this.log.bury(ids, reason, at));
    }
    end() {
        this.#ended = true;
        for (const wake of this.#sleepers)
            wake();
    }
    async leave(verb, mark) {
        for (let failures = 1;; failures += 1) {
            try {
                await mark();
                return true;
            }
            catch (error) {
                if (this.#ended)
                    return false;
                this.tell({ type: 'write-log-failed', verb, reason: reasonOf(error) });
                await this.sleep(backoff(100, failures, this.random));
                if (this.#ended)
                    return false;
            }
        }
    }
    sleep(ms) {
        return new Promise((resolve) => {
            const wake = () => {
                timer.stop();
                this.#sleepers.delete(wake);
                resolve();
            };
            const timer = this.clock.after(ms, wake);
            this.#sleepers.add(wake);
        });
    }
}
//# sourceMappingURL=log-marks.js.map