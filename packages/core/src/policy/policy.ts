import { type Duration, durationOrUndefined, parseDuration } from '../kernel/duration.js'
import { CacheConfigError } from '../kernel/errors.js'

/** A callback of the user's. Its parameters are annotated by the user; `never` here lets any annotation through. */
export type Cb<R = unknown> = (...args: never[]) => R

/** How long an entry lives and what happens at the end of its life. Durations are ms or text (`'5m'`). */
export interface FreshOptions {
  /** How long an entry is fresh, or a function of the result and the arguments. An answer that is no positive duration is not stored. @default '5m' */
  ttl?: Duration | Cb<Duration>
  /** Beyond the ttl: serve the stale value at once and refresh behind (RFC 5861). @default off */
  staleWhileRevalidate?: Duration
  /** Beyond the ttl: serve the stale value when the method throws (RFC 5861). @default off */
  staleIfError?: Duration
  /** Share of the ttl, 0 to 1, after which a hit starts a refresh behind. @default off */
  refreshAhead?: number
  /** Share of the ttl, 0 to 1, added at random, so that entries written together do not die together. @default 0 */
  jitter?: number
  /** The ttl of null and undefined. @default the ttl */
  negativeTtl?: Duration
  /** Bound on a load: with a stale value at hand the caller gets that, else a LoadTimeoutError; the load goes on. @default off */
  loadTimeout?: Duration
}

export const freshOptionNames = [
  'ttl',
  'staleWhileRevalidate',
  'staleIfError',
  'refreshAhead',
  'jitter',
  'negativeTtl',
  'loadTimeout',
] as const

/** The options of one method, resolved once and frozen. All times in ms. */
export interface Policy {
  readonly ttl: number | ((result: unknown, ...args: readonly unknown[]) => unknown)
  /** The ttl of what a function is not asked for: null and undefined. */
  readonly plainTtl: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  readonly refreshAhead: number | undefined
  readonly jitter: number
  readonly negativeTtl: number | undefined
  readonly loadTimeout: number | undefined
}

/** Refuses durations and shares that cannot be meant, where they are written. */
export function checkFresh(o: FreshOptions, where: string): void {
  for (const name of ['ttl', 'staleWhileRevalidate', 'staleIfError', 'negativeTtl', 'loadTimeout'] as const) {
    const given = o[name]
    if (given === undefined || (name === 'ttl' && typeof given === 'function')) continue
    parseDuration(given, `${where}: option '${name}'`, { allowInfinity: name !== 'loadTimeout' })
  }
  for (const name of ['refreshAhead', 'jitter'] as const) {
    const given: unknown = o[name]
    if (given === undefined || (typeof given === 'number' && given >= 0 && given <= 1)) continue
    throw new CacheConfigError(
      `${where}: option '${name}' is ${String(given)}; write a share of the ttl between 0 and 1, such as 0.1.`,
    )
  }
}

/** Merges layers, the last one wins, `undefined` never overrides; library defaults first. */
export function resolvePolicy(layers: readonly FreshOptions[]): Policy {
  const last = <K extends keyof FreshOptions>(name: K): FreshOptions[K] => {
    for (let i = layers.length - 1; i >= 0; i--) if (layers[i]![name] !== undefined) return layers[i]![name]
    return undefined
  }
  const ms = (name: 'staleWhileRevalidate' | 'staleIfError' | 'negativeTtl' | 'loadTimeout') => {
    const given = last(name)
    return given === undefined ? undefined : parseDuration(given, name, { allowInfinity: true })
  }
  const ttl = last('ttl') ?? '5m'
  const plain = layers.findLast((l) => l.ttl !== undefined && typeof l.ttl !== 'function')?.ttl as Duration | undefined
  return Object.freeze({
    ttl: typeof ttl === 'function' ? (ttl as Policy['ttl']) : parseDuration(ttl, 'ttl', { allowInfinity: true }),
    plainTtl: parseDuration(plain ?? '5m', 'ttl', { allowInfinity: true }),
    staleWhileRevalidate: ms('staleWhileRevalidate') ?? 0,
    staleIfError: ms('staleIfError') ?? 0,
    refreshAhead: last('refreshAhead'),
    jitter: last('jitter') ?? 0,
    negativeTtl: ms('negativeTtl'),
    loadTimeout: ms('loadTimeout'),
  })
}

/** How long a result is fresh, ms; undefined when it is not to be stored. `random` is in [0, 1). */
export function freshFor(
  policy: Policy,
  result: unknown,
  self: unknown,
  args: ArrayLike<unknown>,
  random: () => number,
): number | undefined {
  const none = result === null || result === undefined
  let ttl: number | undefined
  if (none && policy.negativeTtl !== undefined) ttl = policy.negativeTtl
  else if (typeof policy.ttl === 'number') ttl = policy.ttl
  else ttl = none ? policy.plainTtl : durationOrUndefined(policy.ttl.call(self, result, ...Array.from(args)))
  return ttl === undefined || policy.jitter === 0 ? ttl : ttl * (1 + policy.jitter * random())
}
