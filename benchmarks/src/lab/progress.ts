/** Progress on stderr: one line, written over on a terminal, at most once a second. */
export function progressOf(name: string, trials: number): (done: number, violations: number) => void {
  const { stderr } = process
  let next = performance.now() + 1_000
  return (done, violations) => {
    const now = performance.now()
    if (now < next) return
    next = now + 1_000
    const text = `${name}: ${done} of ${trials} trials, ${violations} violations`
    stderr.write(stderr.isTTY ? `\r${text}` : `${text}\n`)
  }
}
