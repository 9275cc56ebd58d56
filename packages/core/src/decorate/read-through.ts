import { give } from '../cache/give.js'
import type { Load } from '../cache/parts.js'
import { look, read } from '../cache/read.js'
import { readSync } from '../cache/read-sync.js'
import { CacheConfigError } from '../kernel/errors.js'
import { freshFor } from '../policy/policy.js'
import type { Bound, BoundRule } from './binding.js'
import type { AnyMethod } from './dual.js'

/** Cache-aside: a look into memory, else the walk with this method as the loader. */
export function readThrough(bound: Bound, by: BoundRule, original: AnyMethod, self: unknown, args: unknown[]): unknown {
  const { rule, parts } = by
  if (rule.condition !== undefined && !rule.condition.apply(self, args)) return original.apply(self, args)
  const key = parts.scoped(
    rule.key === undefined
      ? bound.memo.ofArguments(bound.className, bound.methodName, args)
      : bound.memo.ofParts(rule.key.apply(self, args), by.where),
  )
  const entry = look(parts, key)
  if (entry !== undefined) return rule.sync ? give(entry) : Promise.resolve(give(entry))
  const run = () => original.apply(self, args)
  if (rule.sync)
    return readSync(
      parts,
      key,
      loadOf(by, bound.plan, self, args, () => notPromise(run(), by.where)),
    )
  return read(
    parts,
    key,
    loadOf(by, bound.plan, self, args, () => promised(run(), by.where)),
  )
}

/** What the walk needs to know of one call. */
export function loadOf(
  by: BoundRule,
  method: unknown,
  self: unknown,
  args: readonly unknown[],
  run: () => unknown,
): Load {
  const { rule, policy, parts } = by
  const { tags, unless } = rule
  return {
    method,
    policy,
    run,
    fresh: (value) => freshFor(policy, value, self, args, parts.random),
    tags: (value) =>
      typeof tags !== 'function'
        ? (tags ?? [])
        : value === null || value === undefined
          ? []
          : tags.call(self, value, ...args),
    unless: unless && ((value) => unless.call(self, value, ...args)),
  }
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
