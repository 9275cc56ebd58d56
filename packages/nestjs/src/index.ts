export { CachesHealth } from './health.js'
export { CachesmithModule } from './module.js'
export type { AsyncOptions, CachesOption, ModuleSettings } from './options.js'
export { CACHES, InjectCaches } from './tokens.js'
