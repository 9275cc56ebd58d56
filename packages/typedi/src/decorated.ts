import type { ServiceClass } from './container.js'

const planOf = Symbol.for('cachesmith.plan')
const plans = Symbol.for('cachesmith.plans')

interface Reflected {
  getMetadata?(key: string, target: object): unknown
  getOwnMetadata?(key: string, target: object, member: string | symbol): unknown
}
const reflect = Reflect as unknown as Reflected

type Flavour = 'legacy' | 'standard'

/** Does an object of this prototype, or a class for its statics, have a method with our decorators, its own or inherited? */
export const isDecorated = (holder: object | null): boolean => flavours(holder).size > 0

/** Are all our decorators on this class standard ones, so that it has no emitted metadata for typedi to read (D33)? */
export function isStandardOnly(cls: ServiceClass): boolean {
  if (reflect.getMetadata?.('design:paramtypes', cls) !== undefined) return false
  const found = flavours(cls.prototype)
  return found.has('standard') && !found.has('legacy')
}

const isRoot = (holder: object): boolean => holder === Object.prototype || holder === Function.prototype

function flavours(holder: object | null): Set<Flavour> {
  const found = new Set<Flavour>()
  for (let at = holder; at !== null && !isRoot(at); at = Object.getPrototypeOf(at)) {
    for (const member of Reflect.ownKeys(at)) {
      const flavour = flavourOf(at, member)
      if (flavour) found.add(flavour)
    }
  }
  return found
}

/** By the plan that is kept of the member, as a foreign decorator may have replaced our wrapper, else by the wrapper. */
function flavourOf(holder: object, member: string | symbol): Flavour | undefined {
  if (reflect.getOwnMetadata?.('cachesmith:plan', holder, member) !== undefined) return 'legacy'
  if (ownPlans(holder)?.has(member)) return 'legacy'
  if (standardPlans(holder)?.has(member)) return 'standard'
  const method: unknown = Object.getOwnPropertyDescriptor(holder, member)?.value
  return typeof method === 'function' && Object.hasOwn(method, planOf) ? 'standard' : undefined
}

type Members = ReadonlyMap<string | symbol, unknown>

const ownPlans = (holder: object, under = plans): Members | undefined =>
  Object.getOwnPropertyDescriptor(holder, under)?.value as Members | undefined

function standardPlans(holder: object): Members | undefined {
  const isClass = typeof holder === 'function'
  const cls: unknown = isClass ? holder : Object.getOwnPropertyDescriptor(holder, 'constructor')?.value
  if (typeof cls !== 'function' || Symbol.metadata === undefined) return undefined
  const metadata: unknown = Object.getOwnPropertyDescriptor(cls, Symbol.metadata)?.value
  if (metadata === null || typeof metadata !== 'object') return undefined
  return ownPlans(metadata, isClass ? Symbol.for('cachesmith.plans.static') : plans)
}
