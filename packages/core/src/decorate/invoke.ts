import type { MethodPlan } from './plan.js'
import { act, writeBehind } from './act.js'
import { bindingsOf } from './attach.js'
import type { AnyMethod } from './dual.js'
import { readManyThrough } from './read-many.js'
import { readThrough } from './read-through.js'

/** THE CALL of a decorated method: which plan, which cache, then the walk. Undecorated where `this` is none of its class. */
export function invoke(plan: MethodPlan, original: AnyMethod, self: unknown, ...args: unknown[]): unknown {
  const sync = plan.read?.sync === true
  try {
    const bound = bindingsOf(plan).of(self)
    if (bound === undefined) return original.apply(self, args)
    if (bound.lane !== undefined) return bound.lane.several(original, self, args)
    if (!bound.readsOnly)
      return bound.writesOnly
        ? writeBehind(bound, bound.behind!, original, self, args)
        : act(bound, original, self, args)
    if (bound.many !== undefined) return readManyThrough(bound, bound.many, original, self, args)
    return readThrough(bound, bound.read!, original, self, args)
  } catch (error) {
    if (sync) throw error
    return Promise.reject(error)
  }
}
