import { type CacheManager, managerOf } from '@cachesmith/core'
import type { DependencyContainer } from 'tsyringe'

type ServiceClass = new (...args: never[]) => object

/** Gives each instance of these classes that a container resolves its cache manager; one that has a manager keeps it. */
export function bindResolved(container: DependencyContainer, caches: CacheManager, ...services: ServiceClass[]): void {
  for (const service of services) {
    container.afterResolution<object>(
      service as new () => object,
      (_token, resolved) => {
        for (const instance of [resolved].flat()) if (managerOf(instance) === undefined) caches.bind(instance)
      },
      { frequency: 'Always' },
    )
  }
}
