const planOf = Symbol.for('cachesmith.plan')
const plans = Symbol.for('cachesmith.plans')

/** How TypeScript compiled a decorator: with `experimentalDecorators`, or as TC39 says. */
export type Flavour = 'legacy' | 'standard'

interface Reflected {
  getOwnMetadata?(key: string, target: object, member: string | symbol): unknown
}
const reflect = Reflect as unknown as Reflected

/**
 * The flavours of our decorators on the methods of a prototype, or of a class for its statics, its own and inherited; empty where there
 * are none. For containers that find out which of their services to bind; plans of another copy of this package count as well.
 */
export function decoratedWith(holder: object | null): ReadonlySet<Flavour> {
  const found = new Set<Flavour>()
  for (let at = holder; at !== null && !isRoot(at); at = Object.getPrototypeOf(at)) {
    for (const member of Reflect.ownKeys(at)) {
      const flavour = flavourOf(at, member)
      if (flavour) found.add(flavour)
    }
  }
  return found
}

const isRoot = (holder: object): boolean => holder === Object.prototype || holder === Function.prototype

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
