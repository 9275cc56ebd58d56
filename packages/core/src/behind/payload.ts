/** Key parts and arguments of a write: the codec's text, or themselves where nothing in them can change and the log is in memory. */
export type Payload = string | readonly [key: readonly unknown[], args: readonly unknown[]]

const isFixed = (part: unknown): boolean =>
  part === null || (typeof part !== 'object' && typeof part !== 'function' && typeof part !== 'symbol')

/** Key and arguments as they are, where all are primitives; undefined where a caller could still change them. */
export function asTheyAre(key: readonly unknown[], args: readonly unknown[]): Payload | undefined {
  for (let at = 0; at < key.length; at += 1) if (!isFixed(key[at])) return undefined
  for (let at = 0; at < args.length; at += 1) if (!isFixed(args[at])) return undefined
  return [[...key], [...args]]
}

export const textOf = (payload: Payload, encode: (value: unknown) => string): string =>
  typeof payload === 'string' ? payload : encode(payload)
