import { Inject } from '@nestjs/common'

/** The injection token of the application's cache manager. */
export const CACHES = Symbol.for('cachesmith.nestjs.caches')

/** What `forRoot` was told besides the manager. */
export const SETTINGS = Symbol.for('cachesmith.nestjs.settings')

/** Injects the cache manager: `constructor(@InjectCaches() caches: CacheManager)`. */
export const InjectCaches = (): PropertyDecorator & ParameterDecorator => Inject(CACHES)
