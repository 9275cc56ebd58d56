import { type Cache, type CacheManager, createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'

/**
 * One process with a cache over a Redis, and a source whose values are versions that writes count up. Each read is held against
 * the newest version whose invalidation was awaited before the read began.
 */
export class OutageWorld {
  readonly caches: CacheManager
  readonly cache: Cache<number>
  loads = 0
  reads = 0
  older = 0
  firstOlder: string | undefined
  readonly #source = new Map<string, number>()
  readonly #awaited = new Map<string, number>()

  constructor(url: string, memory: boolean) {
    this.caches = createCacheManager({
      namespace: 'outage',
      store: redisStore(url),
      caches: { numbers: { ttl: '1h', ...(memory ? {} : { memory: false as const }) } },
    })
    this.cache = this.caches.cache<number>('numbers')
  }

  readonly read = async (key: string): Promise<void> => {
    const least = this.#awaited.get(key) ?? 0
    this.reads++
    const load = async () => {
      this.loads++
      return this.bare(key)
    }
    const got = await this.cache.getOrLoad(key, load, { tags: [tagOf(key)] })
    if (got >= least) return
    this.older++
    this.firstOlder ??= `a read of '${key}' answered version ${got}, after the invalidation of ${least} was awaited`
  }

  /** The source without a cache. */
  readonly bare = async (key: string): Promise<number> => this.#source.get(key) ?? 0

  readonly write = async (key: string, how: 'evict' | 'tag' | 'put'): Promise<void> => {
    const save = async () => {
      const next = (this.#source.get(key) ?? 0) + 1
      this.#source.set(key, next)
      return next
    }
    let version: number
    if (how === 'put') version = await this.cache.put(key, save, { tags: [tagOf(key)] })
    else {
      version = await save()
      await (how === 'tag' ? this.cache.evictTags([tagOf(key)]) : this.cache.evict(key))
    }
    this.#awaited.set(key, Math.max(this.#awaited.get(key) ?? 0, version))
  }

  /** True when a read is answered by the store; only where there is no memory. */
  async hits(key: string): Promise<boolean> {
    const { loads } = this
    await this.read(key)
    return this.loads === loads
  }

  close(): Promise<unknown> {
    return this.caches.close()
  }
}

const tagOf = (key: string) => `tag of ${key}`
