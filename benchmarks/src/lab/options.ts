import { parseArgs } from 'node:util'
import { UsageError } from '../options.js'

/** What the command line asked for. `world` and `variant` are of `interleavings` alone. */
export interface LabCommand {
  readonly name: string | undefined
  readonly json: boolean
  readonly seed: number
  readonly trials: number | undefined
  readonly seconds: number | undefined
  readonly world: string | undefined
  readonly variant: string | undefined
  readonly lease: number | undefined
  readonly long: boolean
}

export const usage = `pnpm lab <name> [--json] [--seed N] [--trials N] [--seconds N]
pnpm lab outage|fleet --long
pnpm lab stampede [--lease MS]
pnpm lab interleavings [--world memory|keyv|all] [--variant <name>|all]`

export function parse(args: readonly string[]): LabCommand {
  const { values, positionals } = read(args)
  if (positionals.length > 1)
    throw new UsageError(`One lab at a time, got: ${positionals.join(', ')}. Write:\n${usage}`)
  const [name] = positionals
  const { world, variant } = values
  if (name !== 'interleavings' && (world ?? variant) !== undefined)
    throw new UsageError(
      `--${world === undefined ? 'variant' : 'world'} is an option of interleavings. Write:\n${usage}`,
    )
  return {
    name,
    json: values.json ?? false,
    seed: whole('--seed', values.seed, 0) ?? 1,
    trials: whole('--trials', values.trials, 1),
    seconds: whole('--seconds', values.seconds, 1),
    world,
    variant,
    lease: whole('--lease', values.lease, 10),
    long: values.long ?? false,
  }
}

function read(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    json: { type: 'boolean' },
    seed: text,
    trials: text,
    seconds: text,
    world: text,
    variant: text,
    lease: text,
    long: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. Write:\n${usage}`)
  }
}

function whole(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined
  const n = Number(text)
  if (/^\d+$/.test(text) && n >= least && n <= 0xffff_ffff) return n
  throw new UsageError(`${option} is a whole number, ${least} or more; got '${text}'.`)
}
