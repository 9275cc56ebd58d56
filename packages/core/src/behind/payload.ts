/** Key parts and arguments as the caller gave them. */
export type Parts = readonly [key: readonly unknown[], args: readonly unknown[]]

/** Key parts and arguments of a write: the codec's text, or themselves where nothing in them can change and the log is in memory. */
export type Payload = string | Parts

/** Whether all are primitives, so that no caller can change them later. */
export function isFixed(parts: readonly unknown[]): boolean {
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]
    if (part !== null && (typeof part === 'object' || typeof part === 'function' || typeof part === 'symbol'))
      return false
  }
  return true
}

/** Whether JSON keeps each part, of which none is an object. */
export function isFlat(parts: readonly unknown[]): boolean {
  for (let at = 0; at < parts.length; at += 1) if (!isKept(parts[at])) return false
  return true
}

function isKept(part: unknown): boolean {
  if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
  return typeof part === 'string' || typeof part === 'boolean' || part === null
}

/** A payload that stays as it is, whatever its caller does to his arrays. */
export const kept = (payload: Payload): Payload =>
  typeof payload === 'string' ? payload : [payload[0].slice(), payload[1].slice()]

export const textOf = (payload: Payload, encode: (value: unknown) => string): string =>
  typeof payload === 'string' ? payload : encode(payload)
