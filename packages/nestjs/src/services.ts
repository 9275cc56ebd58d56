import { decoratedWith } from '@cachesmith/core'
import type { DiscoveryService } from '@nestjs/core'

/** A provider or controller of the application that has decorated methods. */
export interface DecoratedService {
  readonly name: string
  /** Its prototype, or its class for the static methods. */
  readonly holders: readonly object[]
  /** The one instance that Nest built of it; undefined before that, and where each request or consumer gets its own. */
  readonly instance: object | undefined
  readonly isSingleton: boolean
}

/** All of them, in all modules. A value or a factory's product is known once it is there. */
export function decoratedServices(discovery: DiscoveryService): DecoratedService[] {
  return [...discovery.getProviders(), ...discovery.getControllers()].flatMap((wrapper) => {
    const isSingleton = !wrapper.isTransient && wrapper.isDependencyTreeStatic()
    const built: unknown = isSingleton ? wrapper.instance : undefined
    const instance = built !== null && typeof built === 'object' ? built : undefined
    const cls: unknown = wrapper.isNotMetatype ? undefined : wrapper.metatype
    const prototype = typeof cls === 'function' ? (cls.prototype as object | undefined) : undefined
    const holders = [prototype, typeof cls === 'function' ? cls : undefined].filter(
      (holder) => holder !== undefined && decoratedWith(holder).size > 0,
    ) as object[]
    const isDecorated = instance !== undefined && decoratedWith(Object.getPrototypeOf(instance)).size > 0
    if (holders.length === 0 && !isDecorated) return []
    return [{ name: String(wrapper.name), holders, instance: isDecorated ? instance : undefined, isSingleton }]
  })
}
