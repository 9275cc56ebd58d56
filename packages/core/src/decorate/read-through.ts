import { checkTags } from '../cache/call.js'
import { give } from '../cache/give.js'
import type { Load, LoadContext } from '../cache/parts.js'
import { met, read, served } from '../cache/read.js'
import { readAlone } from '../cache/read-alone.js'
import { readSync } from '../cache/read-sync.js'
import type { Entry } from '../entry/entry.js'
import { argumentsKey, keyText } from '../key/key.js'
import { CacheConfigError } from '../kernel/errors.js'
import { freshFor } from '../policy/policy.js'
import type { BoundRule, Served } from './bound-rule.js'
import type { AnyMethod } from './dual.js'

/**
 * Cache-aside: a look into memory, else the walk with this method as the loader. No closure is made here: one that captured an
 * argument would cost each hit its context (measured: a third of a hit). Most calls take the short way instead (lane.ts).
 */
export function readThrough(
  bound: Served,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  args: unknown[],
): unknown {
  const { rule, parts } = by
  if (rule.condition !== undefined && !rule.condition.apply(self, args)) return original.apply(self, args)
  const left = leaving(args)
  if (left !== undefined) left.signal.throwIfAborted()
  const text =
    rule.key === undefined
      ? argumentsKey(bound.className, bound.methodName, left === undefined ? args : args.toSpliced(left.at, 1))
      : keyText(rule.key.apply(self, args), by.where)
  const key = parts.scoped(text)
  const seen = met(parts, key)
  const entry = served(parts, key, seen)
  if (entry === undefined) return missed(bound.plan, by, original, self, undefined, args, key, left, seen)
  by.counts.hits++
  return rule.sync ? give(entry) : Promise.resolve(give(entry))
}

/** The walk, with the method as its loader; `seen` is what was met in memory and could not be served, `only` and `args` as in `MethodLoad`. */
export function missed(
  plan: object,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  only: unknown,
  args: unknown[] | undefined,
  key: string,
  left: Leaving | undefined,
  seen: Entry | undefined,
): unknown {
  const { parts } = by
  const load = new MethodLoad(by, plan, original, self, only, args, left)
  if (by.rule.sync) return readSync(parts, key, load)
  return readAlone(parts, key, load, seen) ?? read(parts, key, load)
}

/** An AbortSignal among the arguments: it is no part of the key, and says when this caller leaves. */
export interface Leaving {
  readonly at: number
  readonly signal: AbortSignal
}

/** The first AbortSignal among the arguments. The method gets the load's own in its place, which falls when nobody waits any more. */
export function leaving(args: readonly unknown[]): Leaving | undefined {
  for (let at = 0; at < args.length; at++) {
    const signal = args[at]
    if (typeof signal === 'object' && signal instanceof AbortSignal) return { at, signal }
  }
  return undefined
}

/** What the walk needs to know of one call of a method. One object: a closure for each question would be five. */
export class MethodLoad implements Load {
  constructor(
    private readonly by: BoundRule,
    readonly method: unknown,
    private readonly original: AnyMethod,
    private readonly self: unknown,
    /** Its one argument, where there is no list of them: what most methods have, and a list would be made for each miss. */
    private readonly only: unknown,
    private readonly args: readonly unknown[] | undefined,
    private readonly left?: Leaving,
  ) {}

  get policy() {
    return this.by.policy
  }
  get counts() {
    return this.by.counts
  }
  get signal() {
    return this.left?.signal
  }

  run(context: Pick<LoadContext, 'signal'>): unknown {
    const { by, left, args } = this
    let answer: unknown
    if (args === undefined) answer = this.original.call(this.self, this.only)
    else answer = this.original.apply(this.self, passed(args, left, context))
    return by.rule.sync ? notPromise(answer, by.where) : promised(answer, by.where)
  }

  fresh(value: unknown): number | undefined {
    const { policy, parts } = this.by
    const args = typeof policy.ttl === 'number' ? noArguments : (this.args ?? [this.only])
    return freshFor(policy, value, this.self, args, parts.random)
  }
  tags(value: unknown): readonly string[] {
    return tagsOf(this.by, this.self, value, this.only, this.args)
  }
  unless(value: unknown): unknown {
    const { unless } = this.by.rule
    if (unless === undefined) return undefined
    const { self, only, args } = this
    return args === undefined ? unless.call(self, value, only) : unless.call(self, value, ...args)
  }
}

/** The arguments, with the load's signal for the caller's: one that is not there is not looked at, for that would make an AbortController. */
const passed = (
  args: readonly unknown[],
  left: Leaving | undefined,
  context: Pick<LoadContext, 'signal'>,
): unknown[] => (left === undefined ? (args as unknown[]) : args.with(left.at, context.signal))

/** What an entry bears, by its value: the callback is not asked for null and undefined. `only` and `args` as in `MethodLoad`. */
export function tagsOf(
  { rule: { tags }, where }: BoundRule,
  self: unknown,
  value: unknown,
  only: unknown,
  args: readonly unknown[] | undefined,
): readonly string[] {
  if (typeof tags !== 'function') return tags ?? noTags
  if (value === null || value === undefined) return noTags
  return checkTags(args === undefined ? tags.call(self, value, only) : tags.call(self, value, ...args), where)
}

const noArguments: readonly unknown[] = []
const noTags: readonly string[] = []

const isPromise = (x: unknown): boolean =>
  x !== null && typeof x === 'object' && typeof (x as { then?: unknown }).then === 'function'

/** Lets a promise through; a plain answer means that the method is synchronous and its callers would get a promise they do not expect. */
export function promised(answer: unknown, where: string): unknown {
  if (isPromise(answer)) return answer
  throw new CacheConfigError(
    `${where}: the method answered ${answer === null ? 'null' : typeof answer}, not a promise; make it async, or write { sync: true } and give its cache { store: false }.`,
  )
}

function notPromise(answer: unknown, where: string): unknown {
  if (!isPromise(answer)) return answer
  throw new CacheConfigError(`${where}: the method answered a promise; drop 'sync: true'.`)
}
