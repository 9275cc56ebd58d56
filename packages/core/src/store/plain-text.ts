import { createHash } from 'node:crypto'

const odd = /[^A-Za-z0-9_.,=@/:-]/g
const oddName = /[^A-Za-z0-9_.,=@/-]/g
const even = /^[A-Za-z0-9_.,=@/:-]*$/

/** One UTF-16 unit in hexadecimal: units, not characters, so that lone surrogates stay apart (D21). */
function escapeUnits(found: string): string {
  let text = ''
  for (let at = 0; at < found.length; at++) {
    const unit = found.charCodeAt(at)
    text += unit < 256 ? `%${unit.toString(16).padStart(2, '0')}` : `%u${unit.toString(16).padStart(4, '0')}`
  }
  return text
}

function plain(text: string, oddOnes: RegExp, most: number): string {
  const escaped = text.length > most ? undefined : text.replace(oddOnes, escapeUnits)
  if (escaped !== undefined && escaped.length <= most) return escaped
  return `~${createHash('sha256').update(text, 'utf16le').digest('base64url')}`
}

/**
 * Any text in letters that every store takes as they are, injective: odd units are escaped; where that is longer than `most`
 * characters, the SHA-256 of its units behind a `~`, which no escaped text holds. For who writes a store: keys and tags.
 */
export const plainText = (text: string, most: number): string =>
  text.length <= most && even.test(text) ? text : plain(text, odd, most)

/** The same for a part that stands before a `:`, which is escaped as well: namespaces and names of caches. */
export const plainName = (name: string, most: number): string => plain(name, oddName, most)
