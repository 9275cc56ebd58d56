import {
  CacheConfigError,
  type CacheManager,
  createCacheManager,
  type Duration,
  type ManagerOptions,
} from '@cachesmith/core'
import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency } from '@nestjs/common'

/** A manager, or what makes one. */
export type CachesOption = ManagerOptions | CacheManager

/** How the module treats the manager. */
export interface ModuleSettings {
  /** Closes the manager when the application shuts down. @default true */
  readonly close?: boolean | undefined
  /** How long closing may drain write-behind. @default '10s' */
  readonly deadline?: Duration | undefined
}

/** Where the options come from other providers, such as a `ConfigService`. */
export interface AsyncOptions extends ModuleSettings, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[] | undefined
  readonly useFactory: (...dependencies: any[]) => CachesOption | Promise<CachesOption>
}

/** Takes a manager as it is; makes one of options. */
export function managerFrom(option: CachesOption, where: string): CacheManager {
  if (option === null || typeof option !== 'object')
    throw new CacheConfigError(
      `${where}: it takes a manager or the options of createCacheManager, not ${option === null ? 'null' : typeof option}.`,
    )
  return isManager(option) ? option : createCacheManager(option)
}

const isManager = (option: CachesOption): option is CacheManager =>
  typeof (option as CacheManager).cache === 'function' && typeof (option as CacheManager).bind === 'function'
