import type { Duration } from '../kernel/duration.js'
import type { Cb, FreshOptions } from '../policy/policy.js'

/** A function of the method's arguments (and, where its name says so, of its result first). `this` is the instance; annotate its parameters. */
export type Callback<R = unknown> = Cb<R>

export interface CommonOptions {
  /** The name of a cache that is configured on the manager. @default the class's (`@CacheConfig`, else the class's own name) */
  cache?: string
  /** Asked with the arguments before the call: false behaves as if undecorated. @default true */
  condition?: Callback<boolean>
}

interface StoringOptions {
  /** How long an entry is fresh: ms, text such as '5m', or a function of result and arguments. @default '5m' */
  ttl?: FreshOptions['ttl']
  /** What the entry bears: a list, or a function of result (never null or undefined) and arguments. @default none */
  tags?: readonly string[] | Callback<readonly string[]>
  /** Asked with result and arguments after the call: true does not store. @default false */
  unless?: Callback<boolean>
}

export interface CacheableOptions extends CommonOptions, StoringOptions, FreshOptions {
  /** The parts of the key, from the arguments. @default class, method and all arguments */
  key?: Callback
  /** The method is synchronous and stays so; its cache must have no store. */
  sync?: true
}

/** Every callback gets one id where the method gets the list, and `tags`, `ttl`, `unless` one item before it. */
export interface CacheableManyOptions extends Omit<CacheableOptions, 'key' | 'sync'> {
  /** The parts of the key of one id, from it and the arguments after the list: the key of the single-id method. */
  key: Callback
  /** The id of an item, for a method that answers fewer than asked, or in another order. @default by position */
  idOf?: Callback
}

export type CachePutOptions = CommonOptions &
  StoringOptions &
  ({ key: Callback; keyFromResult?: undefined } | { keyFromResult: Callback; key?: undefined })

type EvictTarget =
  | { /** The key to remove, from the arguments. */ key: Callback }
  | { /** The key to remove, from result and arguments. */ keyFromResult: Callback }
  | { /** Several keys, from the arguments. */ keys: Callback<Iterable<unknown>> }
  | { /** Tags to invalidate: a list, or from the arguments. */ tags: readonly string[] | Callback<readonly string[]> }
  | { /** Tags to invalidate, from result and arguments. */ tagsFromResult: Callback<readonly string[]> }
  | { /** The whole cache. */ allEntries: true }

/** Exactly one member of a union: the keys of the others are forbidden. */
type OneOf<U, All extends PropertyKey = U extends unknown ? keyof U : never> = U extends unknown
  ? U & { [K in Exclude<All, keyof U>]?: undefined }
  : never

export type CacheEvictOptions = CommonOptions & {
  /** Evict before the method runs, and whether or not it throws. Excludes what needs the result. @default false */
  beforeInvocation?: boolean
} & OneOf<EvictTarget>

export interface WriteBehindOptions extends CommonOptions {
  /** The parts of the key whose entry this write changes, from the arguments. */
  key: Callback
  /** What a read of the key gives while the write is pending, from what is cached and the arguments. Without it such a read flushes the key first. */
  value?: Callback
  /** Folds two neighbouring writes of one key: both are argument lists. @default the newer wins */
  merge?: Callback<readonly unknown[]>
  /** False keeps each write. @default true */
  coalesce?: boolean
  /** A public method that takes a list of writes. @default each write runs the method's own body */
  drainTo?: string
  /** @default the cache's, '1s' */
  flushEvery?: Duration
  /** @default the cache's, 100 */
  maxBatch?: number
  /** Stable name in the log. @default `Class.method` */
  operation?: string
  /** The shape of the arguments in the log. @default 1 */
  payloadVersion?: number
  /** Makes arguments of an older shape into today's: `(args, fromVersion) => args`. */
  upcast?: Callback<readonly unknown[]>
}

export interface CacheConfigOptions extends FreshOptions {
  /** The name of the cache of this class's methods; it must be configured on the manager. @default the class's name, made from the manager's defaults */
  cache?: string
}
