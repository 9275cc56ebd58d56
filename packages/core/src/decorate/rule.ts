import { CacheConfigError } from '../kernel/errors.js'
import { parseDuration } from '../kernel/duration.js'
import { refuseUnknown } from '../kernel/options.js'
import { checkFresh, type FreshOptions, freshOptionNames } from '../policy/policy.js'
import type { Kind } from './dual.js'

/** A user's callback after the check: called with `this` and whatever it is made for. */
export type Ask<R = unknown> = (this: unknown, ...args: unknown[]) => R

/** What one decorator said, checked and frozen. Option names are those of the surface; which of them may be set depends on `kind`. */
export interface Rule extends FreshOptions {
  readonly kind: Kind
  readonly cache?: string
  readonly condition?: Ask<boolean>
  readonly key?: Ask
  readonly keyFromResult?: Ask
  readonly keys?: Ask<Iterable<unknown>>
  readonly tags?: readonly string[] | Ask<readonly string[]>
  readonly tagsFromResult?: Ask<readonly string[]>
  readonly unless?: Ask
  readonly sync?: boolean
  readonly idOf?: Ask
  readonly allEntries?: boolean
  readonly beforeInvocation?: boolean
  readonly value?: Ask
  readonly merge?: Ask<readonly unknown[]>
  readonly coalesce?: boolean
  readonly drainTo?: string
  readonly flushEvery?: number
  readonly maxBatch?: number
  readonly operation?: string
  readonly payloadVersion?: number
  readonly upcast?: Ask<readonly unknown[]>
}

export const decoratorName: Record<Kind, string> = {
  read: 'Cacheable',
  many: 'CacheableMany',
  put: 'CachePut',
  evict: 'CacheEvict',
  behind: 'WriteBehind',
}

const common = ['cache', 'condition']
const known: Record<Kind, readonly string[]> = {
  read: [...common, 'key', 'tags', 'unless', 'sync', ...freshOptionNames],
  many: [...common, 'key', 'tags', 'unless', 'idOf', ...freshOptionNames],
  put: [...common, 'key', 'keyFromResult', 'tags', 'ttl', 'unless'],
  evict: [...common, 'key', 'keyFromResult', 'keys', 'tags', 'tagsFromResult', 'allEntries', 'beforeInvocation'],
  behind: [
    ...common,
    'key',
    'value',
    'merge',
    'coalesce',
    'drainTo',
    'flushEvery',
    'maxBatch',
    'operation',
    'payloadVersion',
    'upcast',
  ],
}
const callbacks = [
  'condition',
  'key',
  'keyFromResult',
  'keys',
  'tagsFromResult',
  'unless',
  'idOf',
  'value',
  'merge',
  'upcast',
] as const
const texts = ['cache', 'drainTo', 'operation'] as const
const flags = ['allEntries', 'beforeInvocation', 'coalesce', 'sync'] as const
const targets = ['key', 'keyFromResult', 'keys', 'tags', 'tagsFromResult', 'allEntries'] as const

/** Checks what a decorator was given; `where` names decorator, class and method. */
export function makeRule(kind: Kind, given: unknown, where: string): Rule {
  const fail = (what: string): never => {
    throw new CacheConfigError(`${where}: ${what}`)
  }
  if (given !== undefined && (given === null || typeof given !== 'object' || Array.isArray(given)))
    fail(`its options are an object; got ${given === null ? 'null' : Array.isArray(given) ? 'a list' : typeof given}.`)
  const o = Object.fromEntries(Object.entries((given ?? {}) as object).filter(([, v]) => v !== undefined)) as Record<
    string,
    unknown
  > &
    FreshOptions
  refuseUnknown(o, known[kind], where)
  for (const name of callbacks)
    if (o[name] !== undefined && typeof o[name] !== 'function')
      fail(`option '${name}' is a function; got ${typeof o[name]}.`)
  for (const name of texts)
    if (o[name] !== undefined && (typeof o[name] !== 'string' || o[name] === ''))
      fail(`option '${name}' is a non-empty text.`)
  for (const name of flags)
    if (o[name] !== undefined && typeof o[name] !== 'boolean') fail(`option '${name}' is true or false.`)
  const { tags } = o
  if (
    tags !== undefined &&
    typeof tags !== 'function' &&
    !(Array.isArray(tags) && tags.every((t) => typeof t === 'string' && t !== ''))
  )
    fail(`option 'tags' is a list of non-empty texts, such as ['teams'], or a function that answers one.`)
  checkFresh(o, where)
  for (const name of ['maxBatch', 'payloadVersion'] as const) {
    const n = o[name]
    if (n !== undefined && !(Number.isSafeInteger(n) && (n as number) >= 1))
      fail(`option '${name}' is a whole number, 1 or more.`)
  }
  if (o['flushEvery'] !== undefined) o['flushEvery'] = parseDuration(o['flushEvery'], `${where}: option 'flushEvery'`)
  conflicts(kind, o, fail)
  return Object.freeze({ ...o, kind }) as Rule
}

function conflicts(kind: Kind, o: Record<string, unknown>, fail: (what: string) => never): void {
  if (kind === 'many' && o['key'] === undefined)
    fail(`it needs 'key', which gets one id: the key under which the single-id method stores it.`)
  if (kind === 'put') {
    if (o['key'] === undefined && o['keyFromResult'] === undefined)
      fail(`it needs 'key' (from the arguments) or 'keyFromResult' (from the result).`)
    if (o['key'] !== undefined && o['keyFromResult'] !== undefined)
      fail(`'key' and 'keyFromResult' exclude each other; keep one.`)
  }
  if (kind === 'behind') {
    if (o['key'] === undefined) fail(`it needs 'key', the parts of the entry that this write changes.`)
    if (o['coalesce'] === false && o['merge'] !== undefined)
      fail(`'merge' folds writes and 'coalesce: false' keeps each; drop one of them.`)
  }
  if (kind !== 'evict') return
  if (o['allEntries'] === false) delete o['allEntries']
  const set = targets.filter((t) => o[t] !== undefined)
  if (set.length === 0) fail(`it says nothing to evict; write one of ${targets.join(', ')}.`)
  if (set.length > 1)
    fail(`${set.map((t) => `'${t}'`).join(' and ')} exclude each other; stack one @CacheEvict for each.`)
  const late = set.find((t) => t === 'keyFromResult' || t === 'tagsFromResult')
  if (o['beforeInvocation'] === true && late !== undefined)
    fail(`'beforeInvocation' evicts before there is a result, which '${late}' needs; drop one of them.`)
}
