import { nearest, UsageError } from '../options.js'
import { hunt, huntEach } from './interleavings/hunt.js'
import { type Variant, variants } from './interleavings/variants.js'
import { type WorldName, worldNames } from './interleavings/world.js'
import type { Lab, LabAsked, LabFound } from './lab.js'

/** What may be asked of interleavings beyond what any lab is asked. */
interface Options {
  readonly world?: string
  readonly variant?: string
}

const all = 'all'

/** G1 in one world, or with a bug planted. Throws a UsageError for what there is not. */
export function interleavingsWith({ world, variant }: Options): Lab {
  const inWorld = chosenOf('world', world, worldNames, (name) => name)
  const planted = chosenOf('variant', variant, variants, ({ name }) => name)
  return {
    name: 'interleavings',
    about: 'G1: calls of 2 to 4 actors in seeded orders; no read is older than what was acknowledged before it',
    trials: 100_000,
    run: (asked) => (variant === all ? huntEach(variants, asked) : runOne(inWorld, planted, asked)),
  }
}

/** G1: seeded random interleavings of all that a cache can be asked for, through the engine as it is. */
export const interleavings = interleavingsWith({})

async function runOne(world: WorldName | undefined, variant: Variant | undefined, asked: LabAsked): Promise<LabFound> {
  const { totals, steps } = await hunt({ world, variant, once: variant !== undefined }, asked)
  const { trials, violations, first } = totals
  const found = { trials, violations, figures: { G1: violations }, rows: totals.rows() }
  if (first === undefined || steps === undefined) return found
  const options = [world && `--world ${world}`, variant && `--variant ${variant.name}`].filter(Boolean)
  const again = ['pnpm lab interleavings', ...options, `--seed ${first.seed} --trials 1`].join(' ')
  return { ...found, first: `${steps}\n\nseed ${first.seed}; alone: ${again}` }
}

function chosenOf<T>(
  option: string,
  asked: string | undefined,
  from: readonly T[],
  nameOf: (one: T) => string,
): T | undefined {
  if (asked === undefined || asked === all) return undefined
  const one = from.find((each) => nameOf(each) === asked)
  if (one !== undefined) return one
  const names = [...from.map(nameOf), all]
  throw new UsageError(
    `There is no ${option} '${asked}'; did you mean '${nearest(asked, names)}'? There are: ${names.join(', ')}.`,
  )
}
