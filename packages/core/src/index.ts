export { type CurrentWrite, currentWrite } from './behind/current-write.js'
export { memoryWriteLog } from './behind/memory-log.js'
export type { DeadWrite, LoggedWrite, LogMember, OwnWait, WriteLog } from './behind/write-log.js'
export type { Cache } from './cache/cache.js'
export type { Peeked } from './cache/peeked.js'
export type { CallOptions } from './cache/call.js'
export type { Explanation } from './cache/explain.js'
export type { CacheWrites, DeadLetter, ParkedWrites } from './cache/pending.js'
export { currentLoad } from './cache/current-load.js'
export type { LoadContext } from './cache/parts.js'
export type { LoadMissing, ManyOptions } from './cache/several.js'
export type { EntriesOptions, EntrySummary } from './cache/snapshot.js'
export type { CacheStats, MethodStats } from './cache/stats.js'
export { CacheConfig } from './decorate/class-config.js'
export { decoratedWith, type Flavour } from './decorate/decorated.js'
export { Cacheable, CacheableMany, CacheEvict, CachePut, WriteBehind } from './decorate/decorators.js'
export type { Dual, Write } from './decorate/dual.js'
export type {
  CacheableManyOptions,
  CacheableOptions,
  CacheConfigOptions,
  CacheEvictOptions,
  CachePutOptions,
  Callback,
  WriteBehindOptions,
} from './decorate/options.js'
export { type AnyClass, type ClassCodec, Codecs } from './entry/codec.js'
export type { CloneMode } from './entry/share.js'
export { type Clock, systemClock, type Timer } from './kernel/clock.js'
export type { Duration } from './kernel/duration.js'
export {
  CacheConfigError,
  CacheError,
  type CacheErrorCode,
  CacheKeyError,
  CacheValueError,
  LoadTimeoutError,
  StoreError,
  WriteBehindError,
} from './kernel/errors.js'
export type { CacheEvent, MissReason, NotStored, Observer } from './kernel/events.js'
export { type StoredKey, storedKey } from './key/stored-key.js'
export type { Finding } from './kernel/finding.js'
export { defaultManager, setDefaultManager } from './manager/default.js'
export type { Health, Reach, StoreHealth, WriteLogHealth } from './manager/health.js'
export { type CacheManager, type Closed, createCacheManager, managerOf } from './manager/manager.js'
export type {
  CacheOptions,
  ManagerOptions,
  MemoryOptions,
  StoreOption,
  WriteBehindSettings,
} from './manager/options.js'
export { isKeyvLike, type KeyvSource, keyvStore, type KeyvStoreOptions } from './store/keyv.js'
export { plainName, plainText } from './store/plain-text.js'
export type {
  Absence,
  Begun,
  CacheScope,
  Capabilities,
  Filled,
  Found,
  Front,
  Heard,
  Invalidations,
  Refusal,
  Sealed,
  Store,
  StoreCache,
  Stored,
  Ticket,
} from './store/store.js'
