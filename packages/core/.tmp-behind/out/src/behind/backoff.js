const longest = 30_000;
/** The pause after the nth failure in a row: doubles from `first`, 30 s at most, its upper half at random ("equal jitter"). */
export function backoff(first, failures, random) {
    const full = Math.min(longest, first * 2 ** Math.min(Math.max(failures, 1) - 1, 40));
    return full / 2 + (full / 2) * random();
}
//# sourceMappingURL=backoff.js.map