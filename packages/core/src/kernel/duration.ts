import { CacheConfigError } from './errors.js'

/** A unit of time in the text of a duration: milliseconds, seconds, minutes, hours, days. */
export type Unit = 'ms' | 's' | 'm' | 'h' | 'd'

/** A length of time: a whole number of milliseconds, or a number with its unit, as in `'5m'` or `'1.5h'`. */
export type Duration = number | `${number}${Unit}`

const MS: Record<Unit, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const LONGEST = Number.MAX_SAFE_INTEGER

/**
 * Turns what a user wrote for the option `what` into whole milliseconds, or throws `CacheConfigError`.
 * Text is rounded to a whole millisecond (`'1.5h'`); a number must be whole already.
 */
export function parseDuration(
  d: unknown,
  what: string,
  opts?: { allowZero?: boolean; allowInfinity?: boolean },
): number {
  if (d === Infinity && opts?.allowInfinity) return d
  const ms = typeof d === 'number' ? d : typeof d === 'string' ? textToMs(d) : NaN
  if (Number.isInteger(ms) && ms <= LONGEST && (ms > 0 || (ms === 0 && opts?.allowZero))) return ms + 0
  throw new CacheConfigError(`${what}: ${shown(d)} is not a duration: ${remedy(d, ms, opts)}`)
}

/** The milliseconds of a duration that was computed at run time, or `undefined` if it is none or not above 0. */
export function durationOrUndefined(d: unknown): number | undefined {
  if (d === Infinity) return d
  const ms = typeof d === 'number' ? Math.floor(d) : typeof d === 'string' ? Math.floor(textToMs(d)) : NaN
  return ms > 0 && ms <= LONGEST ? ms : undefined
}

function textToMs(text: string): number {
  const [, digits, unit] = TEXT.exec(text) ?? []
  if (digits === undefined) return NaN
  if (unit === 'ms') return Number(digits)
  return Math.round(Number(digits) * MS[unit as Unit])
}

function shown(d: unknown): string {
  if (typeof d === 'string') return `'${d.slice(0, 40)}'`
  return typeof d === 'object' && d !== null ? 'an object' : typeof d === 'function' ? 'a function' : String(d)
}

function remedy(d: unknown, ms: number, opts?: { allowZero?: boolean; allowInfinity?: boolean }): string {
  if (d === Infinity) return "write a bound, as in '30d'"
  if (ms > LONGEST) return opts?.allowInfinity ? 'write Infinity for no end' : "write a smaller one, as in '365d'"
  if (typeof d === 'string' && ms !== 0) return textRemedy(d)
  if (typeof d === 'number' && d > 0) return `write whole milliseconds, as in ${Math.max(1, Math.round(d))}, or '5s'`
  const least = opts?.allowZero ? '0 or more' : 'above 0'
  return `write a duration ${least}, as in 60_000 or '60s'`
}

/** What the writer of a wrong text may have meant: `'60'` was ms or s, `'5 min'` is `'5m'`. */
function textRemedy(text: string): string {
  const [, digits, word = ''] = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  if (digits === undefined) return "write a number and one of ms, s, m, h, d, as in '5m'"
  if (Number(digits) === 0) return "write a duration above 0, as in '60s'"
  if (word === '') return `write ${thousands(Number(digits) * 1_000)} or '${digits}s'`
  const unit = /^(ms|milli)/i.test(word) ? 'ms' : /^(?!mo)[smhd]/i.exec(word)?.[0].toLowerCase()
  if (unit === undefined) return "write one of the units ms, s, m, h, d, as in '5m'"
  return unit === 'ms' ? `write ${Math.max(1, Math.round(Number(digits)))}` : `write '${digits}${unit}'`
}

const thousands = (ms: number) => String(ms).replace(/\B(?=(\d{3})+$)/g, '_')
