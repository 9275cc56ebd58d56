import { memoryWriteLog } from '#core/behind/memory-log.js';
import { defaultWritesOptions } from '#core/behind/options.js';
import { Writes } from '#core/behind/writes.js';
import { CacheValueError } from '#core/kernel/errors.js';
import { FakeClock } from '#core/testing/fake-clock.js';
/** A sink that writes down what it gets and fails or waits as it is told. */
export class RecordingSink {
    calls = [];
    /** Calls that worked. */
    applied = [];
    fail = () => undefined;
    hold;
    /** What the cache does once the sink has a write. */
    afterwards;
    running = 0;
    widest = 0;
    one = (write) => this.take([write]);
    many = (batch) => this.take(batch);
    /** All arguments that arrived, in order. */
    get args() {
        return this.applied.flatMap((call) => call.args);
    }
    async take(batch) {
        const call = { ids: batch.map((w) => w.id), keys: batch.map((w) => w.key[0]), args: batch.map((w) => w.args) };
        this.calls.push(call);
        this.running += 1;
        this.widest = Math.max(this.widest, this.running);
        try {
            await this.hold;
            const error = this.fail(batch);
            if (error !== undefined)
                throw error;
            this.applied.push(call);
        }
        finally {
            this.running -= 1;
        }
    }
}
/** Text of plain data; refuses functions, as the real codec does. */
export function encodePlain(value) {
    const refuse = (part, path) => {
        if (typeof part === 'function')
            throw new CacheValueError('a function', path);
        if (Array.isArray(part))
            part.forEach((one, at) => refuse(one, `${path}[${at}]`));
        else if (part && typeof part === 'object')
            for (const [name, one] of Object.entries(part))
                refuse(one, `${path}.${name}`);
    };
    refuse(value, 'value');
    return JSON.stringify(value);
}
export function rig(options = {}, more = {}, log = memoryWriteLog(), clock = new FakeClock()) {
    const sink = new RecordingSink();
    const events = [];
    const done = [];
    const writes = new Writes({
        cache: 'visits',
        log,
        clock,
        options: { ...defaultWritesOptions, ...options },
        encode: encodePlain,
        decode: JSON.parse,
        emit: (event) => void events.push(event),
        onDone: (key) => {
            done.push(key);
            return sink.afterwards;
        },
        random: () => 0.5,
    });
    const operation = (other = {}) => ({
        name: 'Users.save',
        payloadVersion: 1,
        coalesce: true,
        sink: { one: sink.one },
        ...more,
        ...other,
    });
    const standard = operation();
    return {
        clock,
        log,
        sink,
        events,
        done,
        writes,
        operation,
        submit: (key, ...args) => writes.submit(standard, key, [key], args),
        counts: (type) => events.filter((event) => event.type === type).length,
        restart: () => {
            void writes.close(0);
            return rig(options, more, log, clock);
        },
    };
}
/** A promise and its key. */
export function gate() {
    let open = () => { };
    const promise = new Promise((resolve) => {
        open = resolve;
    });
    return { promise, open };
}
/** What a promise has come to so far. */
export async function soFar(promise) {
    await new Promise((resolve) => setImmediate(resolve));
    return Promise.race([
        promise.then(() => 'resolved', (error) => error.message),
        Promise.resolve().then(() => Promise.resolve('open')),
    ]);
}
export async function rejection(promise) {
    try {
        await promise;
    }
    catch (error) {
        return error;
    }
    throw new Error('it did not reject');
}
//# sourceMappingURL=rig.js.map