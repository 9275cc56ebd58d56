/** What a user who says nothing gets. */
export const defaultWritesOptions = {
    flushEvery: 1000,
    maxBatch: 100,
    maxPending: 10_000,
    whenFull: 'wait',
    attempts: 5,
    backoff: 200,
    concurrency: 4,
    timeout: 30_000,
};
//# sourceMappingURL=options.js.map