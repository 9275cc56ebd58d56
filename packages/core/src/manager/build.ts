import { emptyCounts } from '../cache/stats.js'
import { applyHeard } from '../cache/evict.js'
import { Ledger } from '../cache/ledger.js'
import type { Parts } from '../cache/parts.js'
import type { Transactions } from '../cache/transactions.js'
import { storeTrouble } from '../cache/trouble.js'
import type { Codecs } from '../entry/codec.js'
import { TagLists } from '../entry/tag-lists.js'
import type { Background } from '../flight/background.js'
import { Flights } from '../flight/flights.js'
import { bounded, keyText } from '../key/key.js'
import type { Clock } from '../kernel/clock.js'
import { parseDuration } from '../kernel/duration.js'
import { CacheKeyError } from '../kernel/errors.js'
import type { Observers } from '../kernel/events.js'
import { resolvePolicy } from '../policy/policy.js'
import { Position } from '../position/position.js'
import type { Access } from '../tier/access.js'
import { Far } from '../tier/far.js'
import { Near } from '../tier/near.js'
import { Trust } from '../tier/trust.js'
import type { CacheOptions } from './options.js'

/** What the caches of one manager have in common. */
export interface Common {
  readonly namespace: string
  readonly clock: Clock
  readonly observers: Observers
  readonly codecs: Codecs
  readonly background: Background
  readonly budget: number
  readonly leaseTime: number
  readonly throttle: number
  readonly transactions: Transactions
}

/** Puts one cache together from its options, later layers over earlier ones. */
export function buildParts(
  name: string,
  layers: readonly CacheOptions[],
  opened: Access | undefined,
  common: Common,
): Parts {
  const option = <K extends keyof CacheOptions>(k: K): CacheOptions[K] =>
    layers.findLast((l) => l[k] !== undefined)?.[k]
  const { clock, observers, background } = common
  const stats = emptyCounts()
  const policy = resolvePolicy(layers)
  const position = new Position()
  const memory = option('memory') ?? {}
  const version = option('version') ?? 1
  const maxTtl = memory === false || memory.ttl === undefined ? Infinity : parseDuration(memory.ttl, 'memory.ttl')
  const ledger = new Ledger()
  const near =
    memory === false
      ? undefined
      : new Near(position, {
          maxEntries: memory.maxEntries ?? 10_000,
          maxBytes: memory.maxBytes ?? Infinity,
          maxTtl,
          evicted: () => {
            stats.evictions++
          },
          outdated: (key, tag) => ledger.trace(key, { what: 'outdated', at: clock.monotonic(), tag }),
        })
  let far: Far | undefined
  if (opened !== undefined) {
    const ttl = typeof policy.ttl === 'number' ? policy.ttl : Infinity
    const longestLife = ttl * (1 + policy.jitter) + Math.max(policy.staleIfError, policy.staleWhileRevalidate)
    const verbs = opened.store.cache({
      namespace: common.namespace,
      cache: name,
      version,
      longestLife,
      leaseTime: common.leaseTime,
      now: () => clock.now(),
    })
    far = new Far(opened, verbs, clock, common.budget, (verb, error) => storeTrouble(parts, verb, error))
    verbs.listen?.((heard) => applyHeard(parts, heard))
  }
  const trust = far?.store.capabilities.shared
    ? new Trust(clock, () => far.poll((heard) => applyHeard(parts, heard)))
    : undefined
  const parts: Parts = {
    name,
    version,
    generation: 0,
    policy,
    position,
    near,
    far,
    trust,
    stats,
    clock,
    observers,
    background,
    scoped: scopeOf(name, option('scope')),
    isScoped: option('scope') !== undefined,
    clone: option('clone') ?? 'freeze',
    maxValueBytes: option('maxValueBytes') ?? 1_048_576,
    random: Math.random,
    coarse: clock.coarse ?? (() => clock.monotonic()),
    flights: new Flights(position),
    codecs: common.codecs,
    leaseTime: common.leaseTime,
    throttle: common.throttle,
    ledger,
    tagLists: new TagLists(),
    troubles: new Map(),
    transactions: common.transactions,
    claims: new Map(),
    writes: undefined,
    enabled: true,
  }
  return parts
}

/** Puts the ambient scope in front of each key: a missing one is an error, never a shared entry. */
function scopeOf(cache: string, scope: (() => unknown) | undefined): Parts['scoped'] {
  if (scope === undefined) return (text) => text
  return (text) => {
    const now = scope()
    if (typeof now !== 'string' || now === '') {
      throw new CacheKeyError(
        `cache '${cache}': its scope() answered ${now === '' ? 'an empty text' : `a value of type ${now === null ? 'null' : typeof now}`}; call it where the tenant (or user) is known, or drop 'scope'.`,
      )
    }
    return bounded(`@${keyText([now], `cache '${cache}': scope`)}/${text}`)
  }
}
