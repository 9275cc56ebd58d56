import type { Shape } from './layout.js'

/**
 * One cache's control: `inc n m r version:generation,...`. `inc` is a random incarnation; `n` moves at every
 * invalidation and put; `m` is the n of the last one that named a tag; `r` is random with every change, so that
 * `inc n m r`, the position, names one history. Then the versions whose entries an invalidation must reach.
 */
export interface Control {
  readonly position: string
  readonly inc: string
  readonly n: number
  readonly m: number
  /** The list of versions, as it is written. */
  readonly versions: string
  readonly shapes: readonly Shape[]
}

const form = /^(\S+) (\d+) (\d+) (\S+) (\S+)$/

/** Undefined for anything that is not a control: such a cache is empty. */
export function readControl(text: string | null | undefined): Control | undefined {
  const parts = form.exec(text ?? '')
  if (!parts) return undefined
  const [, inc, n, m, r, versions] = parts as unknown as [string, string, string, string, string, string]
  const shapes = versions.split(',').map((item) => {
    const [version, generation] = item.split(':')
    return { version: version as string, generation: Number(generation) }
  })
  if (!shapes.every((shape) => Number.isSafeInteger(shape.generation))) return undefined
  return { position: `${inc} ${n} ${m} ${r}`, inc, n: Number(n), m: Number(m), versions, shapes }
}

/** The incarnation and the number in a position. */
export function numberOf(position: string): { inc: string; n: number } {
  const [inc = '', n] = position.split(' ')
  return { inc, n: Number(n) }
}
