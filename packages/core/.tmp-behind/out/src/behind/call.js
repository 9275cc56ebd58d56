import { WriteBehindError } from '../kernel/errors.js';
/** One call of a sink on its time limit. Never rejects; an answer after the limit is ignored. */
export function callSink(clock, timeout, run) {
    return new Promise((resolve) => {
        const timer = clock.after(timeout, () => end({ kind: 'failed', error: new WriteBehindError(`the sink did not answer within ${timeout} ms`) }));
        const end = (outcome) => {
            timer.stop();
            resolve(outcome);
        };
        let answer;
        try {
            answer = Promise.resolve(run());
        }
        catch (error) {
            return end({ kind: 'failed', error });
        }
        answer.then(() => end({ kind: 'done' }), (error) => end({ kind: 'failed', error }));
    });
}
//# sourceMappingURL=call.js.map