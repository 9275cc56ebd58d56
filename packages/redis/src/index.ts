export type { RedisSource } from './connect.js'
export { redisStore, type RedisStoreOptions } from './redis-store.js'
export { redisWriteLog } from './write-log.js'
export type { RedisWriteLogOptions } from './write-log-options.js'
