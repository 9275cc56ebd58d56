import { decoratedWith } from '@cachesmith/core'
import type { ServiceClass } from './container.js'

const reflect = Reflect as unknown as { getMetadata?(key: string, target: object): unknown }

/** Does an object of this prototype, or a class for its statics, have a method with our decorators, its own or inherited? */
export const isDecorated = (holder: object | null): boolean => decoratedWith(holder).size > 0

/** Are all our decorators on this class standard ones, so that it has no emitted metadata for typedi to read (D33)? */
export function isStandardOnly(cls: ServiceClass): boolean {
  if (reflect.getMetadata?.('design:paramtypes', cls) !== undefined) return false
  const found = decoratedWith(cls.prototype)
  return found.has('standard') && !found.has('legacy')
}
