import { decorator } from './apply.js'
import type { Dual, Exact } from './dual.js'
import type {
  CacheableManyOptions,
  CacheableOptions,
  CacheEvictOptions,
  CachePutOptions,
  WriteBehindOptions,
} from './options.js'

/** Caches what the method answers: a hit does not run it. Concurrent misses of one key share one run; an invalidation meanwhile voids it. */
export function Cacheable<const O extends CacheableOptions = {}>(
  options?: O & Exact<O, CacheableOptions>,
): Dual<O, 'read'> {
  return decorator('read', options as O)
}

/**
 * Caches each item of a method that takes a list of ids: only those that are not cached reach it, at once, and each is stored under
 * the key of the single-id method. It answers a list by position, a list with `idOf`, a Map, or a record by id.
 */
export function CacheableMany<const O extends CacheableManyOptions>(
  options: O & Exact<O, CacheableManyOptions>,
): Dual<O, 'many'> {
  return decorator('many', options as O)
}

/** Write-through: the method always runs, its result is stored. Overlapping writers of one key leave a miss, never the older value. */
export function CachePut<const O extends CachePutOptions>(options: O & Exact<O, CachePutOptions>): Dual<O, 'put'> {
  return decorator('put', options as O)
}

/** Invalidates a key, several keys, tags, or all entries, after the method has succeeded (or before it, by `beforeInvocation`). Stack as many as needed. */
export function CacheEvict<const O extends CacheEvictOptions>(
  options: O & Exact<O, CacheEvictOptions>,
): Dual<O, 'evict'> {
  return decorator('evict', options as O)
}

/** Write-behind: a call is acknowledged when it is in the write log; the method's body runs later, coalesced and in order per key. */
export function WriteBehind<const O extends WriteBehindOptions>(
  options: O & Exact<O, WriteBehindOptions>,
): Dual<O, 'behind'> {
  return decorator('behind', options as O)
}
