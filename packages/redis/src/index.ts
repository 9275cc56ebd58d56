export type { RedisSource } from './connect.js'
export { redisStore, type RedisStoreOptions } from './redis-store.js'
export { redisWriteLog, type RedisWriteLogOptions } from './write-log.js'
