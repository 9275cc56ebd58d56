import { crypto } from './crypto.js'
import type { CacheEvent, Observer } from './events.js'
import { debuglog } from './node-util.js'

type Member = CacheEvent extends infer E ? (E extends unknown ? keyof E : never) : never

const log = debuglog('cachesmith')

/** Writes each event to stderr as one line, where NODE_DEBUG names cachesmith; undefined where it does not. */
export function debugObserver(manager: string): Observer | undefined {
  if (!log.enabled) return undefined
  return { on: (event) => log('%s', line(manager, event)) }
}

/**
 * An event in one line. Keys and tags are made of arguments, which may be secret: they are told by the first 12 digits of their
 * SHA-256, an error by its name and code, and the reason of a failed write, which holds a message, by its first word.
 */
export function line(manager: string, event: CacheEvent): string {
  const { type, ...members } = event
  const said = Object.entries(members).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : `${name}=${say[name as Exclude<Member, 'type'>](value)}`,
  )
  return [plain(manager), type, ...said].join(' ')
}

const most = 5

const digest = (text: unknown): string =>
  `#${crypto().createHash('sha256').update(String(text)).digest('hex').slice(0, 12)}`
const plain = (value: unknown): string => (typeof value === 'string' ? quoted(value) : String(value))
const quoted = (text: string): string => (/^[\w.:-]+$/.test(text) ? text : JSON.stringify(text))
const rounded = (value: unknown): string => String(Math.round((value as number) * 1000) / 1000)

function digests(value: unknown): string {
  const texts = value as readonly string[]
  const more = texts.length > most ? `+${texts.length - most}` : ''
  return `[${texts.slice(0, most).map(digest).join(',')}]${more}`
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return quoted(`a ${error === null ? 'null' : typeof error}`)
  const { code } = error as { code?: unknown }
  return quoted(typeof code === 'string' ? `${error.name}:${code}` : error.name)
}

/** A reason is `Name: message`; only what looks like the name of an error is told. */
const firstWord = (reason: unknown): string => /^\w+(?=:)/.exec(String(reason))?.[0] ?? 'hidden'

/** How each member of any event is told; one that is missing here does not compile. */
const say: Record<Exclude<Member, 'type'>, (value: unknown) => string> = {
  key: digest,
  keys: digests,
  tags: digests,
  error: nameOf,
  reason: firstWord,
  cache: plain,
  method: plain,
  operation: plain,
  log: plain,
  role: plain,
  pending: plain,
  tier: plain,
  stale: plain,
  behind: plain,
  why: plain,
  verb: plain,
  version: plain,
  id: plain,
  into: plain,
  writes: plain,
  calls: plain,
  attempt: plain,
  ms: rounded,
  delay: rounded,
}
