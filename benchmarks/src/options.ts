import { parseArgs } from 'node:util'

/** What the command line asked for. */
export interface Asked {
  readonly name: string | undefined
  readonly json: boolean
  readonly quick: boolean
  readonly record: boolean
  readonly seed: number
  readonly rounds: number | undefined
  readonly als: boolean
}

/** A command line that cannot be meant; its message says what to write. */
export class UsageError extends Error {}

export const usage = 'pnpm bench <name> [--json] [--quick] [--record] [--rounds N] [--seed N] [--als]'

export function parse(args: readonly string[]): Asked {
  const { values, positionals } = read(args)
  if (positionals.length > 1)
    throw new UsageError(`One bench at a time, got: ${positionals.join(', ')}. Write ${usage}`)
  return {
    name: positionals[0],
    json: values.json ?? false,
    quick: values.quick ?? false,
    record: values.record ?? false,
    seed: whole('--seed', values.seed, 0) ?? 1,
    rounds: whole('--rounds', values.rounds, 1),
    als: values.als ?? false,
  }
}

function read(args: readonly string[]) {
  const options = {
    als: { type: 'boolean' },
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    record: { type: 'boolean' },
    seed: { type: 'string' },
    rounds: { type: 'string' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. Write ${usage}`)
  }
}

function whole(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined
  const n = Number(text)
  if (/^\d+$/.test(text) && n >= least && n <= 0xffff_ffff) return n
  throw new UsageError(`${option} is a whole number, ${least} or more; got '${text}'.`)
}

/** The known name that is the fewest edits away. */
export function nearest(name: string, known: readonly string[]): string {
  const byDistance = known.toSorted((a, b) => distance(name, a) - distance(name, b))
  return byDistance[0] ?? ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change))
    }
    row = next
  }
  return row[b.length]!
}
