const longest = 2 ** 31 - 1;
/** The clock of the machine. Delays beyond 24.8 days, which timers cannot hold, are taken in steps. */
export const systemClock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, run) {
        let left = ms;
        let handle;
        const arm = () => {
            const step = Math.min(left, longest);
            left -= step;
            handle = setTimeout(() => (left > 0 ? arm() : run()), step);
            handle.unref();
        };
        arm();
        return { stop: () => clearTimeout(handle) };
    },
};
//# sourceMappingURL=clock.js.map