const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const clockTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** What stands where there is nothing to tell yet. */
export const nothing = '–'

export const count = (n) => (n >= 1e6 ? compact.format(n) : whole.format(n))
export const rate = (n) => (n === null ? nothing : n > 0 && n < 10 ? precise.format(n) : count(n))
export const percent = (share) =>
  share === null ? nothing : `${(share >= 0.9995 ? 100 : share * 100).toFixed(share >= 0.9995 ? 0 : 1)}%`
export const wallTime = (ms) => (Number.isFinite(ms) ? clockTime.format(ms) : 'never')

/** A duration in its largest unit, or its two largest. */
export function duration(ms) {
  if (ms === null || ms === undefined) return nothing
  if (ms < 0) return `−${duration(-ms)}`
  if (!Number.isFinite(ms)) return 'for ever'
  if (ms > 0 && ms < 1) return `${precise.format(ms * 1_000)} µs`
  if (ms < 1_000) return `${ms < 10 ? precise.format(ms) : whole.format(ms)} ms`
  if (ms < 60_000) return `${precise.format(ms / 1_000)} s`
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ]
  const at = units.findIndex(([, size]) => ms >= size)
  const [unit, size] = units[at]
  const [next, nextSize] = units[at + 1]
  const rest = Math.floor((ms % size) / nextSize)
  const big = Math.floor(ms / size)
  return rest === 0 || big >= 10 ? `${whole.format(big)} ${unit}` : `${big} ${unit} ${rest} ${next}`
}

export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let at = 0
  let left = n
  for (; left >= 1_024 && at < units.length - 1; at++) left /= 1_024
  return `${at === 0 ? left : precise.format(left)} ${units[at]}`
}

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`

// Controls, what turns the direction of text around, what has no width, halves of a pair.
const unseen = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** Text as it may be shown: what cannot be seen, or would deceive, as an escape; cut where it is long. */
export function shown(text, longest = 400) {
  const cut = text.length > longest ? `${text.slice(0, longest)}… (${plural(text.length, 'character')})` : text
  return cut.replace(unseen, (found) => `\\u{${found.codePointAt(0).toString(16)}}`)
}

/** Text of several lines, as it may be shown. */
export const shownLines = (text) =>
  text
    .split('\n')
    .map((line) => shown(line, text.length))
    .join('\n')
