/** Key parts and arguments of a write. Neither list changes any more; folding puts another list of arguments there. */
export interface Parts {
  readonly key: readonly unknown[]
  args: readonly unknown[]
}

/** The codec's text of key and arguments; or themselves, where they are primitives and the log is in memory. */
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
function isFlat(parts: readonly unknown[]): boolean {
  for (let at = 0; at < parts.length; at += 1) if (!isKept(parts[at])) return false
  return true
}

function isKept(part: unknown): boolean {
  if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
  return typeof part === 'string' || typeof part === 'boolean' || part === null
}

interface Encoding {
  readonly encode: (value: unknown) => string
  readonly encodeJson?: (value: unknown) => string
}

/** What a log gets of a write. Throws what the codec throws. */
export function payloadOf(
  key: readonly unknown[],
  args: readonly unknown[],
  durable: boolean,
  { encode, encodeJson }: Encoding,
): Payload {
  if (!durable) return isFixed(key) && isFixed(args) ? { key: key.slice(), args } : encode([key, args])
  return encodeJson && isFlat(key) && isFlat(args) ? encodeJson([key, args]) : encode([key, args])
}

export const textOf = (payload: Payload, encode: (value: unknown) => string): string =>
  typeof payload === 'string' ? payload : encode([payload.key, payload.args])
