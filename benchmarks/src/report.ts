import type { Row } from './bench.js'

/** A table of columns as wide as their widest cell; columns of figures stand to the right. */
export function tableOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => String(row[name]).length)))
  const figures = columns.map((name) => rows.some((row) => /^\d/.test(String(row[name]))))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i > 0 && figures[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map((name) => String(row[name])))),
  ].join('\n')
}

/** Progress on stderr: one line that is written over on a terminal, about every tenth step elsewhere. */
export function progressOf(name: string): (done: number, of: number) => void {
  const { stderr } = process
  return (done, of) => {
    const text = `${name}: round ${done} of ${of}`
    if (stderr.isTTY) stderr.write(`\r${text}${done === of ? '\n' : ''}`)
    else if (done === of || done % Math.max(1, Math.floor(of / 10)) === 0) stderr.write(`${text}\n`)
  }
}
