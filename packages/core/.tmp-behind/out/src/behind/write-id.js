import { randomBytes } from 'node:crypto';
/** A source of ids that sort in the order they were drawn, also when the wall clock jumps back, and are unique over processes. */
export function writeIds(clock) {
    const process = randomBytes(6).toString('hex');
    let wall = 0;
    let head = '';
    let count = 0;
    return () => {
        const now = clock.now();
        if (now > wall) {
            wall = now;
            head = Math.floor(now).toString(36).padStart(9, '0');
            count = 0;
        }
        count += 1;
        return `${head}-${count.toString(36).padStart(6, '0')}-${process}`;
    };
}
//# sourceMappingURL=write-id.js.map