import { checkTags } from '../cache/call.js'
import { give } from '../cache/give.js'
import type { Load } from '../cache/parts.js'
import { look, lookAgain, read } from '../cache/read.js'
import { readSync } from '../cache/read-sync.js'
import { CacheConfigError } from '../kernel/errors.js'
import { freshFor } from '../policy/policy.js'
import type { Bound, BoundRule } from './binding.js'
import type { AnyMethod } from './dual.js'

/**
 * Cache-aside: a look into memory, else the walk with this method as the loader. No closure is made here: one that captured an
 * argument would cost each hit its context (measured: a third of a hit).
 */
export function readThrough(bound: Bound, by: BoundRule, original: AnyMethod, self: unknown, args: unknown[]): unknown {
  const { rule, parts } = by
  if (rule.condition !== undefined && !rule.condition.apply(self, args)) return original.apply(self, args)
  const left = leaving(args)
  if (left !== undefined) left.signal.throwIfAborted()
  const given = rule.key && (args.length === 1 ? rule.key.call(self, args[0]) : rule.key.apply(self, args))
  const known =
    rule.key === undefined
      ? bound.memo.ofArguments(
          bound.className,
          bound.methodName,
          left === undefined ? args : args.toSpliced(left.at, 1),
        )
      : bound.memo.ofParts(given, by.where)
  let entry = typeof known === 'string' ? undefined : lookAgain(parts, known)
  if (entry === undefined) {
    const text = typeof known === 'string' ? known : known.key
    const key = parts.isScoped ? parts.scoped(text) : text
    entry = look(parts, key)
    if (entry === undefined) return missed(bound, by, original, self, args, key, left)
    if (!parts.isScoped) bound.memo.found(args, given, entry)
  }
  by.counts.hits++
  const value = entry.copied ? give(entry) : entry.value
  return rule.sync ? value : Promise.resolve(value)
}

function missed(
  bound: Bound,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  args: unknown[],
  key: string,
  left: Leaving | undefined,
): unknown {
  const { parts, where } = by
  if (by.rule.sync)
    return readSync(
      parts,
      key,
      loadOf(by, bound.plan, self, args, () => notPromise(original.apply(self, args), where)),
    )
  const run: Load['run'] =
    left === undefined
      ? () => promised(original.apply(self, args), where)
      : ({ signal }) => promised(original.apply(self, args.with(left.at, signal)), where)
  return read(parts, key, loadOf(by, bound.plan, self, args, run, left?.signal))
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

/** What the walk needs to know of one call. */
export function loadOf(
  by: BoundRule,
  method: unknown,
  self: unknown,
  args: readonly unknown[],
  run: Load['run'],
  signal?: AbortSignal,
): Load {
  const { rule, policy, parts, counts } = by
  const { unless } = rule
  return {
    method,
    policy,
    counts,
    run,
    fresh: (value) => freshFor(policy, value, self, args, parts.random),
    tags: tagsOf(by, self, args),
    unless: unless && ((value) => unless.call(self, value, ...args)),
    signal,
  }
}

/** What an entry bears, by its value: the callback is not asked for null and undefined. */
export function tagsOf({ rule: { tags }, where }: BoundRule, self: unknown, args: readonly unknown[]): Load['tags'] {
  if (typeof tags !== 'function') return () => tags ?? []
  return (value) => (value === null || value === undefined ? [] : checkTags(tags.call(self, value, ...args), where))
}

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
