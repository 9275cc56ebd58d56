import { WriteBehindError } from '../kernel/errors.js';
let current;
/** The write that the running method drains. Valid until that method's first await. */
export function currentWrite() {
    if (current)
        return current;
    throw new WriteBehindError('currentWrite() is valid only in a write-behind method while it is drained, before its first await: ' +
        'read it in the first line and keep it. A method given as drainTo finds each id in its list.');
}
/** Runs the synchronous part of a sink's call with this write as the current one. */
export function withCurrentWrite(write, run) {
    const outer = current;
    current = write;
    try {
        return run();
    }
    finally {
        current = outer;
    }
}
/** Runs the synchronous part of a batch's call, in which no single write is current. */
export function withoutCurrentWrite(run) {
    const outer = current;
    current = undefined;
    try {
        return run();
    }
    finally {
        current = outer;
    }
}
//# sourceMappingURL=current-write.js.map