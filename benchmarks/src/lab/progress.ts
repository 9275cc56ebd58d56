/** Progress on stderr: one line, written over on a terminal, at most once a second. */
export function progressOf(name: string, trials: number): (done: number, violations: number) => void {
  const { stderr } = process
  const from = performance.now()
  let next = from + 1_000
  return (done, violations) => {
    const now = performance.now()
    if (now < next) return
    next = now + 1_000
    const of = Number.isFinite(trials) ? ` of ${trials}` : ''
    const text = `${name}: ${done}${of} trials in ${Math.round((now - from) / 1_000)} s, ${violations} violations`
    stderr.write(stderr.isTTY ? `\r${text}` : `${text}\n`)
  }
}
