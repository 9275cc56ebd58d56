import type { Container, ContainerInstance, ServiceIdentifier } from 'typedi'

/** A class as typedi keeps it. */
export type ServiceClass = Function & { readonly prototype: object }

/** What typedi 0.10 keeps of a service. */
export interface Service {
  readonly id: ServiceIdentifier
  readonly type?: ServiceClass | null
  readonly factory?: unknown
  readonly global?: boolean
  readonly value?: unknown
}

/** The parts of typedi's `ContainerInstance` that are private in its types; pinned by the peer range `~0.10.0`. */
export interface Internals {
  readonly id: string
  readonly services: readonly Service[]
  set(...args: unknown[]): unknown
  getServiceValue(service: Service): unknown
  initializeParams(target: ServiceClass, types: readonly unknown[]): unknown[]
  applyPropertyHandlers(target: ServiceClass, instance: unknown): void
}

/** typedi's static `Container` or one of its instances. */
export type AnyContainer = typeof Container | ContainerInstance

/** The id of the container that stands behind typedi's static `Container`. */
export const rootId = 'default'

/** Has typedi no value for this service yet? Its mark is a symbol that it does not export. */
export const isEmpty = (value: unknown): boolean => typeof value === 'symbol' && value.description === 'EMPTY_VALUE'

/** Did somebody `set` this value by hand, so that typedi has nothing to build? */
export const isHandMade = (service: Service): boolean => !service.type && !service.factory
