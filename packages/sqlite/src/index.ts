export { sqliteStore } from './store.js'
export type { SqliteStoreOptions } from './store.js'
export { sqliteWriteLog } from './write-log.js'
export type { SqliteWriteLogOptions } from './write-log.js'
