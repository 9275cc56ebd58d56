import { CacheError } from '../kernel/errors.js'
import { attachAll } from '../manager/attachable.js'
import { type Bound, Bindings } from './binding.js'
import { operationOf } from './operation.js'
import type { MethodPlan } from './plan.js'

const bindings = Symbol('bindings')

/** The bindings of a plan. With the first one of a class its write-behind methods are made known, whichever method was called. */
export function bindingsOf(plan: MethodPlan & { [bindings]?: Bindings }): Bindings {
  return (plan[bindings] ??= new Bindings(plan, attachAll))
}

/** An instance is there that a write-behind method can run on: what the log still has of it may drain. */
export function attach(plan: MethodPlan, manager: object, self: object): void {
  try {
    const bound = bindingsOf(plan).of(self)
    if (bound?.behind === undefined || bound.manager !== manager) return
    bound.service = self
    serve(bound)
  } catch (error) {
    // What is wrong with its options is told to who calls the method.
    if (!(error instanceof CacheError)) throw error
  }
}

/** Makes a write-behind method known to the write-behind of its cache. */
export function serve(bound: Bound): void {
  const { behind, manager, plan } = bound
  if (bound.operation !== undefined || behind === undefined || plan.body === undefined) return
  bound.operation = operationOf(bound, behind, plan.body)
  manager.serve(behind.parts, bound.operation)
}
