import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (how?: { type: 'minor' }) => void

/**
 * Collects the young garbage, so that one side does not clear away what the other has left. Not all garbage: after a few full
 * collections in a row the engine drops compiled code, and what is measured is its compiler (a hit cost three times as much).
 */
export const collectYoung = (): void => collect({ type: 'minor' })

/** Collects all garbage, and what only the garbage held. */
export function collectAll(): void {
  for (let times = 0; times < 3; times++) collect()
}
