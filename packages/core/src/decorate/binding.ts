import type { Operation } from '../behind/operation.js'
import type { Writes } from '../behind/writes.js'
import type { Parts } from '../cache/parts.js'
import { Recall } from '../cache/recall.js'
import { emptyMethodCounts, type MethodCounts, methodCounts } from '../cache/stats.js'
import type { Shape } from '../cache/shape.js'
import { CacheConfigError } from '../kernel/errors.js'
import { defaultManager } from '../manager/default.js'
import { type CacheManager, managerOf } from '../manager/manager.js'
import { resolvePolicy } from '../policy/policy.js'
import type { BoundRule, Served } from './bound-rule.js'
import { claimName } from './claims.js'
import { configsOf, lineage } from './class-config.js'
import { Lane } from './lane.js'
import { classOf, declarer } from './owner.js'
import type { MethodPlan } from './plan.js'
import { decoratorName, type Rule } from './rule.js'

/** A method's plan with everything looked up: made once for each class and manager. */
export interface Bound extends Served {
  readonly plan: MethodPlan
  readonly manager: CacheManager
  readonly read: BoundRule | undefined
  readonly many: BoundRule | undefined
  readonly behind: BoundRule | undefined
  readonly puts: readonly BoundRule[]
  readonly earlyEvicts: readonly BoundRule[]
  readonly lateEvicts: readonly BoundRule[]
  /** Nothing but @Cacheable, on memory: the shortest way. */
  readonly lane: Lane | undefined
  /** Nothing but @Cacheable, or nothing but @CacheableMany: the short way. */
  readonly readsOnly: boolean
  /** What @CacheableMany has found in memory, by the keys of its ids; undefined where each must be asked about on its own. */
  readonly recall: Recall | undefined
  /** How a @CacheableMany method answers, once it has: what is wholly cached is put together like that. */
  shape: Shape | undefined
  /** Nothing but @WriteBehind: the short way. */
  readonly writesOnly: boolean
  /** The instance that write-behind runs on: the one that was bound or called last. */
  service: unknown
  /** What write-behind knows of the method, and that write-behind; made when the class is first bound or called. */
  operation: Operation | undefined
  writes: Writes | undefined
}

/** Bindings of one plan, by manager and class. */
export class Bindings {
  readonly #known = new WeakMap<CacheManager, WeakMap<Function, Bound | null>>()
  #lastManager: CacheManager | undefined
  #lastClass: Function | undefined
  #last: Bound | undefined

  /** `met` hears of the first call on each class and manager. */
  constructor(
    private readonly plan: MethodPlan,
    private readonly met: (manager: object, self: object) => void,
  ) {}

  /** The binding for a call on `self`; undefined where `self` is not of the method's class: a detached call runs undecorated. */
  of(self: unknown): Bound | undefined {
    const cls = classOf(this.plan, self)
    if (cls === undefined) return undefined
    const manager = managerOf(self as object) ?? defaultManager()
    if (manager === this.#lastManager && cls === this.#lastClass) return this.#last
    let byClass = this.#known.get(manager)
    if (byClass === undefined) this.#known.set(manager, (byClass = new WeakMap()))
    let bound = byClass.get(cls)
    if (bound === undefined) {
      byClass.set(cls, (bound = bindTo(this.plan, manager, cls) ?? null))
      if (bound !== null) this.met(manager, self as object)
    }
    this.#lastManager = manager
    this.#lastClass = cls
    this.#last = bound ?? undefined
    this.plan.lane = bound?.lane
    return this.#last
  }
}

function bindTo(plan: MethodPlan, manager: CacheManager, cls: Function): Bound | undefined {
  const declared = declarer(plan, cls)
  if (declared === undefined) return undefined
  const configs = configsOf(cls)
  const own = configs.find((c) => c.cache !== undefined)?.cache
  const implied = lineage(cls).find((c) => c.name !== '')?.name ?? 'anonymous'
  const className = declared.name || 'anonymous'
  const methodName = String(plan.name)
  const bind = (rule: Rule): BoundRule => {
    const where = `@${decoratorName[rule.kind]} on ${cls.name || implied}.${methodName}`
    const name = rule.cache ?? own
    const parts = name === undefined ? manager.impliedParts(implied) : manager.configuredParts(name, where)
    claimName(parts, plan, cls, declared, where, rule.kind === 'read' && rule.key === undefined)
    if (rule.sync && parts.far !== undefined) {
      throw new CacheConfigError(
        `${where}: a method with { sync: true } cannot wait for the store of cache '${parts.name}'; give that cache { store: false }, or make the method async.`,
      )
    }
    const policy = resolvePolicy([...manager.freshOptions(parts.name), ...configs.toReversed(), rule])
    return { rule, parts, policy, counts: countsOf(parts, rule, `${className}.${methodName}`), where }
  }
  const read = plan.read && bind(plan.read)
  const many = plan.many && bind(plan.many)
  const evicts = plan.earlyEvicts.length + plan.lateEvicts.length > 0
  return {
    plan,
    manager,
    className,
    methodName,
    read,
    lane:
      read !== undefined && !evicts && mayShorten(read)
        ? new Lane({ plan, className, methodName }, read, manager, plan.isStatic ? cls : cls.prototype)
        : undefined,
    many,
    recall: many && (many.rule.condition === undefined ? Recall.of(many.parts) : undefined),
    behind: plan.behind && bind(plan.behind),
    puts: plan.puts.map(bind),
    earlyEvicts: plan.earlyEvicts.map(bind),
    lateEvicts: plan.lateEvicts.map(bind),
    readsOnly: (plan.read ?? plan.many) !== undefined && !evicts,
    shape: undefined,
    service: undefined,
    writesOnly: plan.behind !== undefined && !evicts,
    operation: undefined,
    writes: undefined,
  }
}

/** There is memory to hit, and nothing that each call has to be asked for. */
const mayShorten = ({ rule, parts }: BoundRule): boolean =>
  parts.near !== undefined && !parts.isScoped && rule.condition === undefined

/** What a method counts in its cache; only one that reads has a place in its statistics. */
function countsOf(parts: Parts, { kind }: Rule, method: string): MethodCounts {
  return kind === 'read' || kind === 'many' ? methodCounts(parts.stats, method) : emptyMethodCounts(method)
}
