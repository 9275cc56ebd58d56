import type { Circumstances } from '../results/machine.js'
import type { Latencies } from './open-loop.js'

/** One scene of one library before one store. */
export interface SceneResult extends Latencies {
  readonly scene: string
  /** Calls that reached the source. */
  readonly loads: number
}

export interface LoadCell {
  readonly library: string
  readonly store: string
  readonly scenes: readonly SceneResult[]
  /** How the process ended, when it ended badly. */
  readonly fault?: string
}

/** `results/load.json`. */
export interface LoadResults extends Circumstances {
  readonly seed: number
  readonly ms: number
  readonly cells: readonly LoadCell[]
}
