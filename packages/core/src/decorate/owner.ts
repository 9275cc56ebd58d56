import type { AnyMethod } from './dual.js'
import { lineage } from './class-config.js'
import { type MethodPlan, planInMetadata } from './plan.js'

/** The class that a call is made on: the instance's class, or for a static the class it is called on. Undefined where `this` is none of its kind. */
export function classOf(plan: MethodPlan, self: unknown): Function | undefined {
  if (plan.isStatic) return typeof self === 'function' ? self : undefined
  if (self === null || typeof self !== 'object') return undefined
  const made = (Object.getPrototypeOf(self) as { constructor?: unknown } | null)?.constructor
  return typeof made === 'function' ? made : undefined
}

/**
 * The class that declares the method, looked up from the class of the call. A standard decorator does not know its class: it is the one
 * whose own metadata keeps the plan, or, where a compiler emits none, whose own member is the wrapper.
 */
export function declarer(plan: MethodPlan, cls: Function): Function | undefined {
  const line = lineage(cls)
  const known = plan.declared
  if (known !== undefined) return line.find((c) => c === known || c.prototype === known)
  return (
    line.find((c) => planInMetadata(c, plan.name, plan.isStatic) === plan) ??
    line.find((c) => ownMember(c, plan) === plan.actor)
  )
}

function ownMember(cls: Function, plan: MethodPlan): AnyMethod | undefined {
  const holder: object | undefined = plan.isStatic ? cls : (cls.prototype as object | undefined)
  return holder && (Object.getOwnPropertyDescriptor(holder, plan.name)?.value as AnyMethod | undefined)
}
