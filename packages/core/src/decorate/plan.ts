import { CacheConfigError } from '../kernel/errors.js'
import type { AnyMethod } from './dual.js'
import { decoratorName, type Rule } from './rule.js'

/** How a hit in memory is answered without much ado; see lane.ts. */
export interface ShortWay {
  /** True for the instances (for a static: the class) that it was made for. */
  isFor(self: unknown): boolean
  /** One of those, as it was bound when `isFor` was asked. */
  readonly last: unknown
  readonly manager: object
  one(original: AnyMethod, self: unknown, argument: unknown): unknown
  several(original: AnyMethod, self: unknown, args: unknown[]): unknown
}

/** All that our decorators said of one method of one class, in whatever order they were stacked. */
export class MethodPlan {
  read: Rule | undefined
  many: Rule | undefined
  behind: Rule | undefined
  readonly puts: Rule[] = []
  readonly earlyEvicts: Rule[] = []
  readonly lateEvicts: Rule[] = []
  /** The outermost of our wrappers: it acts, inner ones pass through. */
  actor: AnyMethod | undefined
  /** What that one stands for: the method, or a foreign decorator's stand-in. */
  body: AnyMethod | undefined
  /** The short way of the class and manager that were called last. */
  lane: ShortWay | undefined

  constructor(
    readonly name: string | symbol,
    readonly isStatic: boolean,
    /** The class that declares the method; a standard decorator does not know it, there it is found at the first call. */
    public declared: object | undefined,
  ) {}

  add(rule: Rule, where: string): void {
    const conflict = (other: Rule['kind'], why: string): never => {
      throw new CacheConfigError(`${where}: it stands with @${decoratorName[other]} on one method; ${why}.`)
    }
    switch (rule.kind) {
      case 'read':
        if (this.read) conflict('read', 'a method has one @Cacheable')
        if (this.many) conflict('many', 'one caches the whole answer, the other each item: split the method in two')
        if (this.puts.length > 0)
          conflict('put', 'one reads the cache first, the other always runs the method: split the method in two')
        if (this.behind) conflict('behind', 'a method either answers a value or is written behind')
        this.read = rule
        break
      case 'many':
        if (this.many) conflict('many', 'a method has one @CacheableMany')
        if (this.read) conflict('read', 'one caches the whole answer, the other each item: split the method in two')
        if (this.puts.length > 0)
          conflict('put', 'one reads the cache first, the other always runs the method: split the method in two')
        if (this.behind) conflict('behind', 'a method either answers a value or is written behind')
        this.many = rule
        break
      case 'put':
        if (this.read ?? this.many)
          conflict(
            this.read ? 'read' : 'many',
            'one reads the cache first, the other always runs the method: split the method in two',
          )
        if (this.behind) conflict('behind', 'what is written behind has no result to put; use its `value`')
        this.puts.push(rule)
        break
      case 'behind':
        if (this.behind) conflict('behind', 'a method has one @WriteBehind')
        if (this.read ?? this.many)
          conflict(this.read ? 'read' : 'many', 'a method either answers a value or is written behind')
        if (this.puts.length > 0) conflict('put', 'what is written behind has no result to put; use its `value`')
        this.behind = rule
        break
      case 'evict':
        if (rule.beforeInvocation) this.earlyEvicts.push(rule)
        else this.lateEvicts.push(rule)
    }
    this.#refuseResultNeeds(where)
    if (this.read?.sync && this.lateEvicts.length + this.earlyEvicts.length > 0) {
      throw new CacheConfigError(
        `${where}: a method with { sync: true } cannot evict as well, evicting is asynchronous; evict in the method that writes.`,
      )
    }
  }

  #refuseResultNeeds(where: string): void {
    if (this.behind === undefined) return
    const needy = this.lateEvicts.find((r) => r.keyFromResult ?? r.tagsFromResult)
    if (needy)
      throw new CacheConfigError(
        `${where}: a @WriteBehind method has no result yet, which '${needy.keyFromResult ? 'keyFromResult' : 'tagsFromResult'}' needs; evict by its arguments.`,
      )
  }
}

type Plans = Map<string | symbol, MethodPlan>
const metadataKey = 'cachesmith:plan'
const plansOf = Symbol.for('cachesmith.plans')

interface Metadata {
  getOwnMetadata(key: string, target: object, member: string | symbol): unknown
  defineMetadata(key: string, value: unknown, target: object, member: string | symbol): void
}
const metadata = (): Metadata | undefined => {
  const r = Reflect as unknown as Partial<Metadata>
  return typeof r.getOwnMetadata === 'function' && typeof r.defineMetadata === 'function' ? (r as Metadata) : undefined
}

/** Legacy flavour: the plan of a member, kept as its own metadata on the class where reflect-metadata is loaded, else on the class itself. */
export function legacyPlan(target: object, member: string | symbol): MethodPlan {
  const store = metadata()
  const known = store ? store.getOwnMetadata(metadataKey, target, member) : ownPlans(target).get(member)
  if (known instanceof MethodPlan) return known
  const isStatic = typeof target === 'function'
  const plan = new MethodPlan(member, isStatic, isStatic ? target : target.constructor)
  if (store) store.defineMetadata(metadataKey, plan, target, member)
  else ownPlans(target).set(member, plan)
  return plan
}

const statics = Symbol.for('cachesmith.plans.static')

/** Standard flavour: the plan of a member, kept in the class's own metadata; the class is not known yet. */
export function standardPlan(
  metadata: object | undefined,
  method: AnyMethod,
  member: string | symbol,
  isStatic: boolean,
): MethodPlan {
  const stacked = (method as { [planOf]?: MethodPlan })[planOf]
  if (stacked !== undefined) return stacked
  if (metadata === undefined) return new MethodPlan(member, isStatic, undefined)
  const plans = ownPlans(metadata, isStatic ? statics : plansOf)
  const plan = plans.get(member) ?? new MethodPlan(member, isStatic, undefined)
  plans.set(member, plan)
  return plan
}

/** Marks a wrapper with its plan. */
export const planOf = Symbol.for('cachesmith.plan')

/** The plan that a class itself keeps for a member in its standard metadata. */
export function planInMetadata(cls: object, member: string | symbol, isStatic: boolean): MethodPlan | undefined {
  if (!Object.hasOwn(cls, Symbol.metadata)) return undefined
  const own = (cls as { [Symbol.metadata]?: object | null })[Symbol.metadata]
  const kept = own && Object.getOwnPropertyDescriptor(own, isStatic ? statics : plansOf)
  return kept ? (kept.value as Plans).get(member) : undefined
}

function ownPlans(holder: object, under: symbol = plansOf): Plans {
  const kept = Object.getOwnPropertyDescriptor(holder, under)
  if (kept) return kept.value as Plans
  const plans: Plans = new Map()
  Object.defineProperty(holder, under, { value: plans })
  return plans
}
