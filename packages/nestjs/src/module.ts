import { CacheConfigError, type CacheManager } from '@cachesmith/core'
import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common'
import { DiscoveryModule, DiscoveryService } from '@nestjs/core'
import { CachesHealth } from './health.js'
import { Loans } from './loans.js'
import { type AsyncOptions, type CachesOption, managerFrom, type ModuleSettings } from './options.js'
import { decoratedServices } from './services.js'
import { CACHES, SETTINGS } from './tokens.js'

/**
 * Gives the providers and controllers of a Nest application their cache manager, of every scope, and closes it when the application shuts
 * down (on signals: with `app.enableShutdownHooks()`). Import it once, in the root module.
 */
@Module({ imports: [DiscoveryModule] })
export class CachesmithModule implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Cachesmith')
  readonly #loans: Loans

  /** With options, or with a manager that was made elsewhere. */
  static forRoot(caches: CachesOption, settings: ModuleSettings = {}): DynamicModule {
    // Made at the application's start, so that each application of the same options has its own.
    return moduleOf({ provide: CACHES, useFactory: () => managerFrom(caches, 'CachesmithModule.forRoot') }, settings)
  }

  /** With options that other providers give. */
  static forRootAsync({ imports = [], inject = [], useFactory, ...settings }: AsyncOptions): DynamicModule {
    if (typeof useFactory !== 'function')
      throw new CacheConfigError(
        'CachesmithModule.forRootAsync: it needs useFactory, a function that answers options or a manager.',
      )
    const made = async (...dependencies: unknown[]) =>
      managerFrom(await useFactory(...dependencies), "CachesmithModule.forRootAsync: 'useFactory'")
    return moduleOf({ provide: CACHES, inject, useFactory: made }, settings, imports)
  }

  constructor(
    @Inject(CACHES) private readonly caches: CacheManager,
    @Inject(SETTINGS) private readonly settings: ModuleSettings,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
  ) {
    const modules = discovery.getProviders().filter((wrapper) => wrapper.metatype === CachesmithModule)
    if (modules.length > 1)
      throw new CacheConfigError(
        'CachesmithModule: it is imported twice with different options; import forRoot once, in the root module: it is global.',
      )
    this.#loans = new Loans(caches)
    this.#loans.lend(decoratedServices(discovery))
  }

  /** Binds what Nest has built. What is wrong with the configuration fails the start; a store that is out of reach is told. */
  async onModuleInit(): Promise<void> {
    this.#loans.bind(decoratedServices(this.discovery))
    try {
      await this.caches.ready()
    } catch (error) {
      if (error instanceof CacheConfigError) throw error
      this.#logger.warn(`started without a store or write log: ${(error as Error).message}`)
    }
  }

  /** After the last request: drains write-behind and closes the stores. */
  async onApplicationShutdown(): Promise<void> {
    this.#loans.end()
    const { close = true, deadline } = this.settings
    if (!close) return
    const { left } = await this.caches.close(deadline === undefined ? {} : { deadline })
    if (left > 0) this.#logger.warn(`${left} acknowledged writes did not reach their sink before the deadline`)
  }
}

function moduleOf(caches: Provider, settings: ModuleSettings, imports: DynamicModule['imports'] = []): DynamicModule {
  return {
    module: CachesmithModule,
    global: true,
    imports,
    providers: [caches, { provide: SETTINGS, useValue: settings }, CachesHealth],
    exports: [CACHES, CachesHealth],
  }
}
