import type { KeyvStoreAdapter } from 'keyv'
import type Keyv from 'keyv'
import { defaultWritesOptions, type WhenFull, type WritesOptions } from '../behind/options.js'
import type { WriteLog } from '../behind/write-log.js'
import type { Codecs } from '../entry/codec.js'
import type { CloneMode } from '../entry/share.js'
import type { Clock } from '../kernel/clock.js'
import { type Duration, parseDuration } from '../kernel/duration.js'
import { CacheConfigError } from '../kernel/errors.js'
import { refuseUnknown } from '../kernel/options.js'
import { checkFresh, type FreshOptions, freshOptionNames } from '../policy/policy.js'
import { isKeyvLike } from '../store/keyv.js'
import type { Store } from '../store/store.js'

export interface MemoryOptions {
  /** @default 10_000 */
  maxEntries?: number
  /** Bytes, estimated. @default no bound */
  maxBytes?: number
  /** Longest life in memory, where a store is behind. @default the entry's own */
  ttl?: Duration
}

export interface WriteBehindSettings {
  /** How long writes gather. @default '1s' */
  flushEvery?: Duration
  /** Writes of one call of `drainTo`. @default 100 */
  maxBatch?: number
  /** Acknowledged writes that are not done. @default 10_000 */
  maxPending?: number
  /** What a call does when that many are pending; 'wait' waits a second, then rejects. @default 'wait' */
  whenFull?: WhenFull
  /** Attempts before a write becomes a dead letter, and the first pause between them (it doubles, at most 30 s). @default 5, '200ms' */
  retry?: { attempts?: number; backoff?: Duration }
  /** Calls under way at once, each of other keys. @default 4 */
  concurrency?: number
  /** Calls per second. @default no limit */
  rate?: number
  /** Bound on one call. @default '30s' */
  timeout?: Duration
}

/** Any store: one of ours, a Keyv, a Keyv adapter; false: memory only. */
export type StoreOption = Store | Keyv | KeyvStoreAdapter | false

export interface CacheOptions extends FreshOptions {
  /** The shape of the values, in each key's prefix: count it up with a release that changes the shape. @default 1 */
  version?: number
  /** The memory tier, or false for none. @default {} */
  memory?: MemoryOptions | false
  /** @default the manager's */
  store?: StoreOption
  /** An ambient text (tenant, user) in each key; missing is an error, never a shared entry. */
  scope?: () => string | undefined
  /** What happens to objects that readers of memory share. @default 'freeze' */
  clone?: CloneMode
  /** Larger values are returned, not stored. @default 1 MiB */
  maxValueBytes?: number
  writes?: WriteBehindSettings
}

export interface ManagerOptions {
  /** First part of every stored key. @default 'cachesmith' */
  namespace?: string
  /** The store of all caches that name no other. @default false: memory only */
  store?: StoreOption
  /** Where acknowledged writes live. @default memory: they die with the process */
  writeLog?: WriteLog
  clock?: Clock
  codecs?: Codecs
  /** Of all caches, also those named after a class. */
  defaults?: CacheOptions
  caches?: Record<string, CacheOptions>
  /** Longest wait for one store operation. @default '200ms' */
  budget?: Duration
  /** How long a store's lease stands without renewal. @default '2s' */
  leaseTime?: Duration
  /** How long a stale value that stood in for an error counts as fresh. @default '30s' */
  staleIfErrorThrottle?: Duration
}

const managerNames = [
  'namespace',
  'store',
  'bus',
  'writeLog',
  'clock',
  'codecs',
  'defaults',
  'caches',
  'budget',
  'leaseTime',
  'staleIfErrorThrottle',
]
const cacheNames = [...freshOptionNames, 'version', 'memory', 'store', 'scope', 'clone', 'maxValueBytes', 'writes']
const writesNames = ['flushEvery', 'maxBatch', 'maxPending', 'whenFull', 'retry', 'concurrency', 'rate', 'timeout']

export function checkManager(o: ManagerOptions): void {
  refuseUnknown(o, managerNames, 'createCacheManager')
  if (o.namespace !== undefined && (typeof o.namespace !== 'string' || o.namespace === ''))
    throw new CacheConfigError(`createCacheManager: 'namespace' is a non-empty text.`)
  checkStore(o.store, 'createCacheManager')
  if (o.defaults) checkCache(o.defaults, 'createCacheManager: defaults')
  for (const [name, cache] of Object.entries(o.caches ?? {})) checkCache(cache, `createCacheManager: cache '${name}'`)
  for (const name of ['budget', 'leaseTime', 'staleIfErrorThrottle'] as const)
    if (o[name] !== undefined) parseDuration(o[name], `createCacheManager: '${name}'`)
}

function checkCache(o: CacheOptions, where: string): void {
  if (o === null || typeof o !== 'object')
    throw new CacheConfigError(`${where}: its options are an object; write {} for the defaults.`)
  refuseUnknown(o, cacheNames, where)
  checkFresh(o, where)
  checkStore(o.store, where)
  count(o.version, `${where}: 'version'`)
  count(o.maxValueBytes, `${where}: 'maxValueBytes'`)
  if (o.scope !== undefined && typeof o.scope !== 'function')
    throw new CacheConfigError(`${where}: 'scope' is a function that answers a text.`)
  oneOf(o.clone, ['freeze', 'structured', 'none'], `${where}: 'clone'`)
  if (o.memory !== undefined && o.memory !== false) {
    refuseUnknown(o.memory, ['maxEntries', 'maxBytes', 'ttl'], `${where}: memory`)
    count(o.memory.maxEntries, `${where}: 'memory.maxEntries'`)
    count(o.memory.maxBytes, `${where}: 'memory.maxBytes'`)
    if (o.memory.ttl !== undefined) parseDuration(o.memory.ttl, `${where}: 'memory.ttl'`)
  }
  if (o.writes !== undefined) resolveWrites(o.writes, `${where}: writes`)
}

function checkStore(store: unknown, where: string): void {
  if (store === undefined || store === false || isStore(store) || isKeyvLike(store)) return
  throw new CacheConfigError(
    `${where}: 'store' is neither a store, a Keyv nor a Keyv adapter; write sqliteStore('./cache.db'), new Keyv(…), or false for memory only.`,
  )
}

export function isStore(x: unknown): x is Store {
  return (
    x !== null &&
    typeof x === 'object' &&
    'capabilities' in x &&
    typeof (x as Store).cache === 'function' &&
    typeof (x as Store).open === 'function'
  )
}

/** Write-behind settings in ms and numbers, with the library's defaults. */
export function resolveWrites(o: WriteBehindSettings, where: string): WritesOptions {
  refuseUnknown(o, writesNames, where)
  for (const name of ['maxBatch', 'maxPending', 'concurrency'] as const) count(o[name], `${where}: '${name}'`)
  if (o.retry) {
    refuseUnknown(o.retry, ['attempts', 'backoff'], `${where}: retry`)
    count(o.retry.attempts, `${where}: 'retry.attempts'`)
  }
  if (o.rate !== undefined && !(o.rate > 0))
    throw new CacheConfigError(`${where}: 'rate' is a number of calls per second above 0.`)
  oneOf(o.whenFull, ['wait', 'reject', 'writeThrough'], `${where}: 'whenFull'`)
  const d = defaultWritesOptions
  const ms = (given: Duration | undefined, name: string, otherwise: number) =>
    given === undefined ? otherwise : parseDuration(given, `${where}: '${name}'`)
  return {
    flushEvery: ms(o.flushEvery, 'flushEvery', d.flushEvery),
    maxBatch: o.maxBatch ?? d.maxBatch,
    maxPending: o.maxPending ?? d.maxPending,
    whenFull: o.whenFull ?? d.whenFull,
    attempts: o.retry?.attempts ?? d.attempts,
    backoff: ms(o.retry?.backoff, 'retry.backoff', d.backoff),
    concurrency: o.concurrency ?? d.concurrency,
    timeout: ms(o.timeout, 'timeout', d.timeout),
    ...(o.rate !== undefined && { rate: o.rate }),
  }
}

function count(n: unknown, where: string): void {
  if (n !== undefined && !(Number.isSafeInteger(n) && (n as number) >= 1))
    throw new CacheConfigError(`${where} is a whole number, 1 or more; got ${String(n)}.`)
}

function oneOf(given: unknown, known: readonly string[], where: string): void {
  if (given !== undefined && !known.includes(given as string))
    throw new CacheConfigError(`${where} is one of ${known.map((k) => `'${k}'`).join(', ')}; got ${String(given)}.`)
}
