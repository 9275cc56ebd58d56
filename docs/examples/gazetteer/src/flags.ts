import { parseArgs } from 'node:util'

/** What the command line asked for. */
export interface Flags {
  readonly json: boolean
  readonly help: boolean
  readonly crash: boolean
  /** An address, or 'auto': one of its own. */
  readonly redis: string | undefined
  readonly processes: number | undefined
  readonly seed: number
  readonly calls: number
}

/** A mistake on the command line: one line for the user, exit code 2. */
export class UsageError extends Error {}

const options = {
  json: { type: 'boolean' },
  crash: { type: 'boolean' },
  redis: { type: 'string' },
  processes: { type: 'string' },
  seed: { type: 'string' },
  calls: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

type Name = keyof typeof options
const names = Object.keys(options) as Name[]

export const usage = `Usage: node dist/main.js [flags]      (from the root of the repository: npm start -- [flags])

  --redis <url>   cache in this Redis (redis://host:port) instead of a SQLite file; auto: start one (redis-server)
  --processes <n> so many processes (2 to 16) over that Redis instead: how soon they see each other's renames
  --calls <n>     calls of the workload, 10 to 1000000 (default 20000)
  --seed <n>      seed of the workload, a whole number from 0 (default 1)
  --crash         kill the process in mid-run instead (kill -9), start it again and count the visits
  --json          one JSON object on stdout instead of the tables
  --help, -h      this text`

export function parseFlags(argv: readonly string[]): Flags {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const given = new Map<Name, string>()
  for (const token of tokens) {
    if (token.kind !== 'option') {
      const what = token.kind === 'positional' ? `argument ${JSON.stringify(token.value)}` : 'argument "--"'
      throw new UsageError(`unexpected ${what}: there are only flags, see --help`)
    }
    const name = names.find((known) => known === token.name)
    if (name === undefined) {
      throw new UsageError(`unknown flag ${token.rawName}, did you mean --${nearestName(token.name)}? See --help`)
    }
    if (given.has(name)) throw new UsageError(`--${name} is given twice`)
    given.set(name, readValue(name, token.value, token.inlineValue))
  }
  const url = given.get('redis')
  const processes = given.get('processes')
  if (processes !== undefined && url === undefined)
    throw new UsageError(
      '--processes needs a Redis to share: add --redis redis://host:port, or --redis auto where redis-server is installed',
    )
  if (processes !== undefined && given.has('crash'))
    throw new UsageError('--processes and --crash are two shows: give one')
  return {
    json: given.has('json'),
    help: given.has('help'),
    crash: given.has('crash'),
    redis: url === undefined || url === 'auto' ? url : redisUrl(url),
    processes: processes === undefined ? undefined : wholeNumber('processes', processes, 2, 16),
    seed: wholeNumber('seed', given.get('seed') ?? '1', 0, 2 ** 32 - 1),
    calls: wholeNumber('calls', given.get('calls') ?? '20000', 10, 1_000_000),
  }
}

function readValue(name: Name, value: string | undefined, inline: boolean | undefined): string {
  if (options[name].type === 'boolean') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`)
    return ''
  }
  const missing = value === undefined || value === '' || (!inline && value.startsWith('--'))
  if (missing) throw new UsageError(`--${name} needs a value, see --help`)
  return value
}

function wholeNumber(name: Name, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`--${name} needs a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`)
}

/** Does not repeat a bad address: it may hold a password. */
function redisUrl(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (parsed?.hostname && ['redis:', 'rediss:'].includes(parsed.protocol)) return text
  throw new UsageError('--redis needs an address like redis://localhost:6379 (rediss:// for TLS), or auto')
}

function nearestName(wrong: string): Name {
  return names.reduce((best, name) => (distance(wrong, name) < distance(wrong, best) ? name : best))
}

/** Levenshtein's edit distance, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
