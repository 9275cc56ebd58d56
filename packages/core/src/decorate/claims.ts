import type { Parts } from '../cache/parts.js'
import { CacheConfigError } from '../kernel/errors.js'
import type { MethodPlan } from './plan.js'

/**
 * Refuses what would share entries unseen: siblings that inherit one method into one cache, and two methods of one name with default
 * keys in one cache. A class and its own subclass may share: the one is the other.
 */
export function claimName(
  parts: Parts,
  plan: MethodPlan,
  cls: Function,
  declared: Function,
  where: string,
  byDefaultKey: boolean,
): void {
  const other = parts.claims.get(plan) as Function | undefined
  if (other !== undefined && !isKin(other, cls)) {
    throw new CacheConfigError(
      `${where}: ${other.name} and ${cls.name} both inherit ${String(plan.name)} from ${declared.name} and both use cache '${parts.name}', so they would share entries; give each its own @CacheConfig({ cache: '…' }).`,
    )
  }
  if (other === undefined || other.prototype instanceof cls) parts.claims.set(plan, cls)
  if (!byDefaultKey) return
  const name = `${plan.isStatic ? 'static ' : ''}${declared.name}.${String(plan.name)}`
  const holder = parts.claims.get(name)
  if (holder !== undefined && holder !== plan) {
    throw new CacheConfigError(
      `${where}: another method named ${name} uses cache '${parts.name}' with its default key, so they would share entries; give one of them a 'key' or a cache of its own.`,
    )
  }
  parts.claims.set(name, plan)
}

const isKin = (a: Function, b: Function): boolean => a === b || a.prototype instanceof b || b.prototype instanceof a
