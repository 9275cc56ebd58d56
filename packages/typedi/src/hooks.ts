import { CacheConfigError } from '@cachesmith/core'
import { type Internals, isEmpty, rootId, type Service, type ServiceClass } from './container.js'
import { isStandardOnly } from './decorated.js'
import type { Registration } from './registration.js'

/** A service that typedi is building now. */
interface Building {
  readonly registration: Registration
  readonly type: ServiceClass | undefined
  /** Ends the loan of the manager to the class's prototype. */
  giveBack: (() => void) | undefined
}

type Hooked = Pick<Internals, 'set' | 'getServiceValue' | 'initializeParams' | 'applyPropertyHandlers'>

/** Listens to all containers of one copy of typedi, by four methods of their prototype. */
export class Hooks {
  /** By the container's id, which outlives `Container.reset(id)`. */
  readonly registrations = new Map<string, Registration>()
  readonly #building: Building[] = []
  readonly #original: Hooked
  readonly #ours: Hooked

  constructor(private readonly prototype: Internals) {
    const { set, getServiceValue, initializeParams, applyPropertyHandlers } = prototype
    const hooks = this
    this.#original = { set, getServiceValue, initializeParams, applyPropertyHandlers }
    this.#ours = {
      set(this: Internals, ...args: unknown[]) {
        const [service] = args
        if (isService(service)) hooks.#of(this, service)?.meet(service)
        return set.apply(this, args)
      },
      getServiceValue(this: Internals, service) {
        const registration = isEmpty(service.value) ? hooks.#of(this, service) : undefined
        return registration ? hooks.#build(this, service, registration) : getServiceValue.call(this, service)
      },
      initializeParams(this: Internals, target, types) {
        const building = hooks.#current(target)
        const params = initializeParams.call(this, target, types)
        if (building) refuseUndefined(target, types, params)
        if (building) building.giveBack = building.registration.lend(target.prototype)
        return params
      },
      // The first thing that typedi does with a new instance, before property-injected services can reach it.
      applyPropertyHandlers(this: Internals, target, instance) {
        const building = hooks.#current(target)
        building?.giveBack?.()
        building?.registration.adopt(instance)
        applyPropertyHandlers.call(this, target, instance)
      },
    }
    Object.assign(prototype, this.#ours)
  }

  /** Takes the hooks out, save those that somebody else has wrapped; these find no registration and do nothing. */
  remove(): void {
    for (const name of Object.keys(this.#ours) as (keyof Hooked)[]) {
      if (this.prototype[name] === this.#ours[name]) Object.assign(this.prototype, { [name]: this.#original[name] })
    }
  }

  /** A container's own registration, else the default container's. A global service is the default container's, whoever builds it. */
  #of(container: Internals, service: Service): Registration | undefined {
    const root = this.registrations.get(rootId)
    return service.global ? root : (this.registrations.get(container.id) ?? root)
  }

  #build(container: Internals, service: Service, registration: Registration): unknown {
    const type = service.factory ? undefined : (service.type ?? undefined)
    if (type) refuseStandard(type)
    const building: Building = { registration, type: service.type ?? undefined, giveBack: undefined }
    this.#building.push(building)
    try {
      const value = this.#original.getServiceValue.call(container, service)
      registration.adopt(value)
      return value
    } finally {
      building.giveBack?.()
      this.#building.pop()
    }
  }

  #current(target: ServiceClass): Building | undefined {
    const building = this.#building.at(-1)
    return building?.type === target ? building : undefined
  }
}

const isService = (arg: unknown): arg is Service =>
  arg !== null && typeof arg === 'object' && !Array.isArray(arg) && ('type' in arg || 'value' in arg)

function refuseStandard(cls: ServiceClass): void {
  if (!isStandardOnly(cls)) return
  throw new CacheConfigError(
    `useTypedi: ${cls.name} is compiled with standard decorators, for which no constructor types are emitted: typedi would inject its own container in place of services. Set "experimentalDecorators": true and "emitDecoratorMetadata": true in tsconfig.json (esbuild and tsx emit no metadata: compile with tsc), or register ${cls.name} with a factory.`,
  )
}

/** typedi injects undefined where a parameter's class was not there yet when its decorator ran (D29). */
function refuseUndefined(target: ServiceClass, types: readonly unknown[], params: readonly unknown[]): void {
  const index = types.findIndex((type, i) => type === undefined && params[i] === undefined)
  if (index < 0) return
  throw new CacheConfigError(
    `useTypedi: the class of parameter ${index + 1} of ${target.name}'s constructor is undefined, most often from a circular import (or a barrel file). Break the circle, or write @Inject(() => ThatClass) before the parameter.`,
  )
}
