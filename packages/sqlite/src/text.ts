const suspect = /[\u0000\u0001\ud800-\udfff]/
const unstorable = /[\u0000\u0001]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const escaped = /\u0001([0-9a-f]{4})/g

/**
 * A text in the form that SQLite keeps: well-formed and without NUL, one for each text. SQLite's UTF-8 would make every
 * lone surrogate the same mark, and its functions end at a NUL; those units become U+0001 and four hexadecimal digits.
 */
export function stored(text: string): string {
  if (!suspect.test(text)) return text
  return text.replace(unstorable, (unit) => `\u0001${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text that `stored` was given. */
export function restored(text: string): string {
  if (!text.includes('\u0001')) return text
  return text.replace(escaped, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
}
