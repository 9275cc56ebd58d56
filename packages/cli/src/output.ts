import Table from 'cli-table3'

/** Where a command writes: results to stdout, everything about them to stderr. */
export interface Output {
  write(text: string): void
  tell(text: string): void
  readonly isTerminal: boolean
}

export const terminal: Output = {
  write: (text) => void process.stdout.write(`${text}\n`),
  tell: (text) => void process.stderr.write(`${text}\n`),
  isTerminal: process.stderr.isTTY === true,
}

type Row = readonly (string | number)[]

/** A table without colours: it reads the same in a terminal, a log and a pipe. Numbers stand to the right. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const isNumber = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column])))
  const made = new Table({
    head: [...head],
    colAligns: isNumber.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) made.push(row.map((cell) => (typeof cell === 'number' ? count(cell) : visible(cell))))
  return made.toString()
}

const isNumeric = (cell: string | number | undefined): boolean =>
  typeof cell === 'number' || cell === '' || cell === '-' || /^[\d.,]+( ?(%|ms|s|KB|MB|GB|B))?$/.test(cell ?? '')

export const count = (n: number): string => n.toLocaleString('en', { maximumFractionDigits: 1 })
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`

/** Time and size as people read them. */
export function duration(ms: number): string {
  if (ms < 1000) return `${count(ms)} ms`
  if (ms < 60_000) return `${count(ms / 1000)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`
}
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${count(bytes / 1024)} KB`
  return `${count(bytes / 1024 / 1024)} MB`
}

/** Text that may hold any bytes, as one line that does nothing to a terminal. */
export const visible = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
