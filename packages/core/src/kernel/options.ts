import { CacheConfigError } from './errors.js'

/** The name in `known` that `given` was most likely meant to be, or undefined when none is near. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(given.length / 2)) + 1
  for (const name of known) {
    const d = distance(given.toLowerCase(), name.toLowerCase())
    if (d < least) {
      least = d
      best = name
    }
  }
  return best
}

/** Edits (insert, delete, replace) from one text to another: Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}

/** Refuses options that nobody knows, naming the nearest one that somebody does. */
export function refuseUnknown(given: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw new CacheConfigError(
      `${where}: unknown option '${name}'${near ? `; did you mean '${near}'?` : ''} Known: ${known.join(', ')}.`,
    )
  }
}
