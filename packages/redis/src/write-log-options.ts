import { CacheConfigError } from '@cachesmith/core'
import type { WithoutAof } from './write-log-aof.js'

/** How a write log in Redis is kept. */
export interface RedisWriteLogOptions {
  /** Begins its keys; one per application. @default 'cachesmith' */
  readonly namespace?: string
  /** Tells the logs of one application apart. @default 'writes' */
  readonly log?: string
  /** How long the process that drains may be silent before another takes over, ms. @default 3,000 */
  readonly leaseTime?: number
  /**
   * A Redis without append-only file, one that may evict, or one whose user may not ask (INFO): 'refuse' to open, or 'warn'.
   * @default 'refuse'
   */
  readonly withoutAof?: WithoutAof
}

/** Throws for what cannot be meant. */
export function checkOptions(options: RedisWriteLogOptions): void {
  const { leaseTime = 3_000, withoutAof = 'refuse' } = options
  if (!(Number.isFinite(leaseTime) && leaseTime >= 100)) {
    throw new CacheConfigError(`redisWriteLog: leaseTime is ${String(leaseTime)}; give 100 ms or more.`)
  }
  if (withoutAof !== 'refuse' && withoutAof !== 'warn') {
    throw new CacheConfigError(`redisWriteLog: withoutAof is '${String(withoutAof)}'; write 'refuse' or 'warn'.`)
  }
}
