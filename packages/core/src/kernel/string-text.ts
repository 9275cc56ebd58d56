/**
 * The unit at a place, as `unitAt.call(text, at)`: for loops over texts from everywhere. V8 has many kinds of strings, and a method that
 * is asked for by its name is looked up anew each time where more than four of them have come by (measured: a twentieth of a miss).
 */
export const unitAt = String.prototype.charCodeAt

/** The text of a string: bare if it is a word, else quoted. */
export function stringText(value: string): string {
  const { length } = value
  let bare = length > 0 && CLASSES[unitAt.call(value, 0)] === WORD
  for (let i = 0; i < length; i++) {
    const unit = CLASSES[unitAt.call(value, i)] ?? UNSAFE
    if (unit === UNSAFE) return quoted(value, i)
    if (unit === SAFE) bare = false
  }
  return bare && !isReserved(value) ? value : `'${value}'`
}

/** By its first unit: to compare a word with all of them would take as long as the rest. */
function isReserved(word: string): boolean {
  switch (unitAt.call(word, 0)) {
    case 116:
      return word === 'true'
    case 102:
      return word === 'false'
    case 110:
      return word === 'null'
    case 117:
      return word === 'undefined'
    case 78:
      return word === 'NaN'
    case 73:
      return word === 'Infinity'
    default:
      return false
  }
}

/** What each unit below 128 may do: stand anywhere in a word, in a word but not in front, between quotes, nowhere. */
const [WORD, INNER, SAFE, UNSAFE] = [3, 2, 1, 0]
const CLASSES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const char = String.fromCharCode(unit)
  if (/[A-Za-z_]/.test(char)) return WORD
  if (/[0-9.-]/.test(char)) return INNER
  return /[^\0- "#%'*?[\]\\{}\x7f]/.test(char) ? SAFE : UNSAFE
})

/** `from` is the first unit that cannot stand for itself. */
function quoted(value: string, from: number): string {
  let out = `'${value.slice(0, from)}`
  let start = from
  for (let i = from; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (CLASSES[unit]) continue
    const hex = unit.toString(16).toUpperCase()
    out += value.slice(start, i) + (unit < 256 ? `%${hex.padStart(2, '0')}` : `%u${hex.padStart(4, '0')}`)
    start = i + 1
  }
  return `${out}${value.slice(start)}'`
}
