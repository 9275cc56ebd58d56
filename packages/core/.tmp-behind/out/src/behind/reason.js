/** The text of anything that was thrown; never throws itself. */
export function reasonOf(thrown) {
    try {
        if (thrown instanceof Error)
            return `${thrown.name}: ${thrown.message}`;
        return `thrown: ${typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown))}`;
    }
    catch {
        return 'thrown: a value that has no text';
    }
}
//# sourceMappingURL=reason.js.map