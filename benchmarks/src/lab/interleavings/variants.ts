import { engineVariants } from './variants-engine.js'
import { storeVariants } from './variants-store.js'
import type { WorldName } from './world.js'

/** A bug that is planted to see whether the lab finds it. */
export interface Variant {
  readonly name: string
  readonly about: string
  /** Where it shows. */
  readonly world: WorldName
  /** Whether a run that does not find it has failed; false: it takes more luck than a run has. */
  readonly mustBeCaught: boolean
  /** Plants it; answers what takes it out again. Undefined: there is nothing to plant, the cache is another. */
  readonly plant: (() => () => void) | undefined
}

const naive: Variant = {
  name: 'naive',
  about: 'another cache: a Map, read first and filled after the load',
  world: 'memory',
  mustBeCaught: true,
  plant: undefined,
}

export const variants: readonly Variant[] = [naive, ...engineVariants, ...storeVariants]
