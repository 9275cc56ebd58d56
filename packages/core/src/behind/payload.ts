/** Key parts and arguments of a write: the codec's text, or themselves where nothing in them can change and the log is in memory. */
export type Payload = string | readonly [key: readonly unknown[], args: readonly unknown[]]

const isFixed = (part: unknown): boolean =>
  part === null || (typeof part !== 'object' && typeof part !== 'function' && typeof part !== 'symbol')

/** Key and arguments as they are, where all are primitives; undefined where a caller could still change them. */
export function asTheyAre(key: readonly unknown[], args: readonly unknown[]): Exclude<Payload, string> | undefined {
  for (let at = 0; at < key.length; at += 1) if (!isFixed(key[at])) return undefined
  for (let at = 0; at < args.length; at += 1) if (!isFixed(args[at])) return undefined
  return [[...key], [...args]]
}

/** Whether JSON keeps each part, of which none is an object. */
export function isFlat([key, args]: Exclude<Payload, string>): boolean {
  return key.every(isKept) && args.every(isKept)
}

function isKept(part: unknown): boolean {
  if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
  return typeof part === 'string' || typeof part === 'boolean' || part === null
}

export const textOf = (payload: Payload, encode: (value: unknown) => string): string =>
  typeof payload === 'string' ? payload : encode(payload)
