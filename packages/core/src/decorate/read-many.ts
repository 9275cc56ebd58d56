import { idsOf, type Many, readMany } from '../cache/many.js'
import { beside, withLoad } from '../cache/current-load.js'
import { assemble, type IdOf, match, type Shape } from '../cache/shape.js'
import { keyText } from '../key/key.js'
import { freshFor } from '../policy/policy.js'
import type { Bound } from './binding.js'
import type { BoundRule } from './bound-rule.js'
import type { AnyMethod } from './dual.js'
import { leaving, promised, tagsOf } from './read-through.js'

/** Cache-aside by item: only ids that are not cached reach the method, its answer is put together with the cached ones. */
export async function readManyThrough(
  bound: Bound,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  args: unknown[],
): Promise<unknown> {
  const [given, ...rest] = args
  const ids = idsOf(given, by.where)
  if (ids.length === 0) return promised(original.apply(self, args), by.where)
  const left = leaving(args)
  left?.signal.throwIfAborted()
  const keys = bound.recall && keysOf(by, ids, self, rest)
  if (keys !== undefined && bound.shape !== undefined) {
    const reads = new Set(ids).size
    const values = bound.shape === 'list' || reads === ids.length ? bound.recall!.all(keys, reads) : undefined
    if (values !== undefined) {
      by.counts.hits += reads
      return assemble(bound.shape, ids, values)
    }
  }
  const many = manyOf(bound, by, original, self, args, rest, left, keys)
  const read = await readMany(by.parts, ids, many)
  bound.shape ??= read.shape ?? (await shapeOf(many, read.ids[0]))
  if (bound.shape === 'list') return read.places.map((place) => read.values[place])
  return assemble(bound.shape, read.ids, read.values)
}

function manyOf(
  bound: Bound,
  by: BoundRule,
  original: AnyMethod,
  self: unknown,
  args: readonly unknown[],
  rest: readonly unknown[],
  left: ReturnType<typeof leaving>,
  keys: readonly unknown[] | undefined,
): Many {
  const { rule, parts, policy, counts, where } = by
  const isSet = args[0] instanceof Set
  const partsOf = (id: unknown) => (rest.length === 0 ? rule.key!.call(self, id) : rule.key!.call(self, id, ...rest))
  return {
    where,
    policy,
    counts,
    method: bound.plan,
    signal: left?.signal,
    keyOf: (id, place) => {
      if (rule.condition !== undefined && !rule.condition.call(self, id, ...rest)) return undefined
      return parts.scoped(keyText(keys === undefined ? partsOf(id) : keys[place], where))
    },
    found: keys && ((place, entry) => bound.recall!.keep(keys[place], entry)),
    fresh: (value, id) => freshFor(policy, value, self, [id, ...rest], parts.random),
    tags: (value, id) => tagsOf(by, self, value, undefined, [id, ...rest]),
    unless: rule.unless && ((value, id) => rule.unless!.call(self, value, id, ...rest)),
    run: (missing, context) => {
      const passed: unknown[] = [isSet ? new Set(missing) : [...missing], ...rest]
      if (left !== undefined) passed[left.at] = context.signal
      return promised(original.apply(self, passed), where)
    },
    idOf: rule.idOf && ((item) => (rule.idOf as IdOf).call(self, item)),
  }
}

/** The keys of all ids, as their callback gives them; undefined where an id is no primitive, as equal ones would be taken for two. */
function keysOf({ rule }: BoundRule, ids: readonly unknown[], self: unknown, rest: readonly unknown[]) {
  const keys: unknown[] = []
  for (const id of ids) {
    if (typeof id === 'object' && id !== null) return undefined
    keys.push(rest.length === 0 ? rule.key!.call(self, id) : rule.key!.call(self, id, ...rest))
  }
  return keys
}

/** All was cached before the method had ever answered here: it is asked for one id, to see how it answers. */
async function shapeOf(many: Many, id: unknown): Promise<Shape> {
  const context = beside(many.signal)
  return match(await withLoad(context, () => many.run([id], context)), [id], many.idOf, many.where).shape
}
