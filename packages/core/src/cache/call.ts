import { CacheConfigError } from '../kernel/errors.js'
import type { Duration } from '../kernel/duration.js'
import { refuseUnknown } from '../kernel/options.js'
import {
  checkFresh,
  type FreshOptions,
  freshFor,
  freshOptionNames,
  type Policy,
  resolvePolicy,
} from '../policy/policy.js'
import type { Load, Parts } from './parts.js'

/** Options of one call without a decorator. Durations are ms or text. */
export interface CallOptions extends Omit<FreshOptions, 'ttl'> {
  /** @default the cache's ttl */
  ttl?: Duration
  /** What the entry bears. @default none */
  tags?: readonly string[]
  /** Falls when this caller leaves: the call rejects with its reason. The load goes on while anyone else waits for it. @default none */
  signal?: AbortSignal
}

/** Of a call that says nothing: nothing is to be checked. */
export const noOptions: CallOptions = Object.freeze({})
const noTags: readonly string[] = []

const callOptionNames = [...freshOptionNames, 'tags', 'signal']

/** What the walk needs to know of a call without a decorator; refuses what its options cannot mean. */
export function loadOfCall(parts: Parts, run: Load['run'], options: CallOptions): Load {
  if (options === noOptions) return new PlainCall(parts, run)
  const where = `cache '${parts.name}'`
  refuseUnknown(options, callOptionNames, where)
  const signal = checkSignal(options.signal, where)
  const policy = policyOf(parts, options, where)
  const tags = options.tags === undefined ? noTags : checkTags(options.tags, where)
  return {
    method: loaderOf(run),
    policy,
    run,
    fresh: (value) => freshFor(policy, value, undefined, [], parts.random),
    tags: () => tags,
    unless: undefined,
    signal,
  }
}

/** A call that says nothing: what only a load needs to know of it is found out when one is due. */
class PlainCall implements Load {
  readonly #parts: Parts
  readonly policy: Policy
  readonly unless = undefined
  readonly signal = undefined

  constructor(
    parts: Parts,
    readonly run: Load['run'],
  ) {
    this.#parts = parts
    this.policy = parts.policy
  }

  get method(): unknown {
    return loaderOf(this.run)
  }

  fresh(value: unknown): number | undefined {
    return freshFor(this.policy, value, undefined, [], this.#parts.random)
  }

  tags(): readonly string[] {
    return noTags
  }
}

/** A caller's signal, if it is one. */
export function checkSignal(signal: unknown, where: string): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw new CacheConfigError(`${where}: option 'signal' is an AbortSignal; pass controller.signal.`)
}

/** The cache's policy with what one call says instead. */
export function policyOf(parts: Parts, options: FreshOptions, where: string): Policy {
  if (Object.keys(options).length === 0) return parts.policy
  checkFresh(options, where)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  if (given.length === 0) return parts.policy
  const resolved = resolvePolicy([options]) as unknown as Record<string, unknown>
  return { ...parts.policy, ...Object.fromEntries(given.map(([name]) => [name, resolved[name]])) }
}

/** Who loads: closures made at one place of the code are one loader. Native and bound functions have no text of their own: each is one. */
export function loaderOf(run: Function): unknown {
  const text = Function.prototype.toString.call(run)
  return text.endsWith('{ [native code] }') ? run : text
}

/** Tags are a list of texts; anything else would silently invalidate nothing. */
export function checkTags(tags: unknown, where: string): readonly string[] {
  if (Array.isArray(tags) && tags.every((t) => typeof t === 'string' && t !== '')) return tags
  throw new CacheConfigError(`${where}: tags are a list of non-empty texts, such as ['team:1']; got ${kindsOf(tags)}`)
}

/** What was given, without its content: tags may be made of secrets. */
function kindsOf(tags: unknown): string {
  if (!Array.isArray(tags)) return tags === null ? 'null' : `a ${typeof tags}`
  const wrong = tags.findIndex((t) => typeof t !== 'string' || t === '')
  return `a list whose item ${wrong + 1} is ${tags[wrong] === '' ? 'empty' : `of type ${typeof tags[wrong]}`}`
}
