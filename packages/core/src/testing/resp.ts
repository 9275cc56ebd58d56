/** Where the RESP value that begins at a place ends; undefined when it is not whole yet, NaN when it is no RESP. */
export function endOfValue(bytes: Buffer, from: number): number | undefined {
  let open = 1
  let at = from
  while (open > 0) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return bytes.length - at > longestLine ? Number.NaN : undefined
    const kind = bytes[at]
    const length = Number(bytes.toString('latin1', at + 1, end))
    at = end + 2
    open--
    if (kind === undefined || !known.has(kind)) return Number.NaN
    if (bulks.has(kind)) {
      if (length >= 0) at += length + 2
      if (at > bytes.length) return undefined
    } else if (lists.has(kind)) open += Math.max(0, length)
    else if (maps.has(kind)) open += 2 * length + (kind === attribute ? 1 : 0)
  }
  return at
}

const codes = (letters: string) => new Set([...letters].map((letter) => letter.charCodeAt(0)))
const longestLine = 65_536
const bulks = codes('$=!')
const lists = codes('*~>')
const maps = codes('%|')
const attribute = '|'.charCodeAt(0)
const known = codes('+-:$*_,#!=(%~>|')

/** Cuts a stream of RESP into its values, for what counts and for what goes wrong by whole replies. */
export class RespValues {
  #rest: Buffer = Buffer.alloc(0)
  /** False once the stream has shown that it speaks something else. */
  readable = true

  /** True while the beginning of a value has been taken and its end has not. */
  get midst(): boolean {
    return this.#rest.length > 0
  }

  /** The values that these bytes complete; of something else than RESP, the bytes as they are. */
  take(bytes: Buffer): Buffer[] {
    if (!this.readable) return [bytes]
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const values: Buffer[] = []
    let from = 0
    while (from < all.length) {
      const end = endOfValue(all, from)
      if (end === undefined) break
      if (Number.isNaN(end)) {
        this.readable = false
        values.push(all.subarray(from))
        from = all.length
        break
      }
      values.push(all.subarray(from, end))
      from = end
    }
    this.#rest = all.subarray(from)
    return values
  }
}

/** The name of a command, in capitals, as a client sends it: a list of bulk strings. */
export function nameOf(command: Buffer): string {
  return (command.toString('latin1', 0, 64).split('\r\n')[2] ?? '').toUpperCase()
}
