import type { Parts } from '../cache/parts.js'
import type { MethodCounts } from '../cache/stats.js'
import type { Policy } from '../policy/policy.js'
import type { MethodPlan } from './plan.js'
import type { Rule } from './rule.js'

/** One rule with the cache that it means for one class and manager. */
export interface BoundRule {
  readonly rule: Rule
  readonly parts: Parts
  readonly policy: Policy
  readonly counts: MethodCounts
  /** For errors: decorator, class and method. */
  readonly where: string
}

/** A method by its names. */
export interface Served {
  readonly plan: MethodPlan
  /** Names of the declaring class and the method, the front of a default key. */
  readonly className: string
  readonly methodName: string
}
