import { CacheConfigError, type CacheManager } from '@cachesmith/core'
import { Container } from 'typedi'
import { type AnyContainer, type Internals, rootId } from './container.js'
import { Hooks } from './hooks.js'
import { Registration, refuseBuilt } from './registration.js'

export type { AnyContainer } from './container.js'

const hooked = new Map<Internals, Hooks>()

/**
 * Gives the services that a typedi container builds their cache manager, before anything can call them.
 *
 * The default `Container` stands for every `Container.of(id)` too, save one with a `useTypedi` of its own. Services
 * with `global: true` belong to the default container, and only there are static methods bound. An object or class
 * that was bound by hand keeps its manager. To change a container's manager, undo first. Answers a function that
 * undoes it: instances that were built keep their manager.
 *
 * @throws CacheConfigError when the container has another manager, or has built decorated services already.
 */
export function useTypedi(container: AnyContainer, caches: CacheManager): () => void {
  const instance = instanceOf(container)
  const prototype = Object.getPrototypeOf(instance) as Internals
  const hooks = hooked.get(prototype)
  const known = hooks?.registrations.get(instance.id)
  if (known !== undefined && known.caches !== caches) {
    throw new CacheConfigError(
      `useTypedi: the container '${instance.id}' has another manager already; call the function that its useTypedi answered, then Container.reset(), then useTypedi.`,
    )
  }
  const registration = known ?? new Registration(instance.id, caches)
  if (known === undefined) start(registration, covered(container, instance, hooks), prototype)
  return () => stop(registration, prototype)
}

function start(registration: Registration, containers: Internals[], prototype: Internals): void {
  refuseBuilt(containers.flatMap((c) => registration.builtIn(c)))
  for (const container of containers) {
    for (const service of container.services) {
      if (container.id === rootId || !service.global) registration.meet(service)
    }
  }
  const hooks = hooked.get(prototype) ?? new Hooks(prototype)
  hooked.set(prototype, hooks)
  hooks.registrations.set(registration.id, registration)
}

function stop(registration: Registration, prototype: Internals): void {
  const hooks = hooked.get(prototype)
  if (hooks?.registrations.get(registration.id) !== registration) return
  hooks.registrations.delete(registration.id)
  registration.end()
  if (hooks.registrations.size > 0) return
  hooks.remove()
  hooked.delete(prototype)
}

/** The containers that exist now and would use this one's manager. */
function covered(container: AnyContainer, instance: Internals, hooks: Hooks | undefined): Internals[] {
  if (instance.id !== rootId) return [instance]
  const all = 'globalInstance' in container ? container : Container
  const others = (all as unknown as { instances: Internals[] }).instances
  return [instance, ...others.filter((other) => !hooks?.registrations.has(other.id))]
}

function instanceOf(container: AnyContainer): Internals {
  const instance = (typeof container === 'function' ? container.of() : container) as unknown as
    | Partial<Internals>
    | undefined
  if (Array.isArray(instance?.services) && typeof instance.getServiceValue === 'function') return instance as Internals
  throw new CacheConfigError(
    'useTypedi: the first argument is no container of typedi 0.10; pass Container or Container.of(id).',
  )
}
