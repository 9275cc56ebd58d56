/**
 * Runs `end` at the first of these signals, then leaves with the code that is usual for it. A second signal leaves at once, and so does an
 * `end` that outlives `deadline` by two seconds. Answers a function that takes it back.
 */
export function closeOn(signals: readonly NodeJS.Signals[], end: () => Promise<unknown>, deadline: number): () => void {
  const { constants } = process.getBuiltinModule('node:os')
  let ending = false
  const hear = (signal: NodeJS.Signals) => {
    const leave = () => process.exit(128 + constants.signals[signal])
    if (ending) return leave()
    ending = true
    setTimeout(leave, deadline + 2_000).unref()
    end().then(leave, leave)
  }
  for (const signal of signals) process.on(signal, hear)
  return () => {
    for (const signal of signals) process.off(signal, hear)
  }
}
