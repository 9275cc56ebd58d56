import { keyText } from '../key/key.js'
import type { Duration } from '../kernel/duration.js'
import { CacheConfigError, StoreError } from '../kernel/errors.js'
import { refuseUnknown } from '../kernel/options.js'
import { checkFresh, type FreshOptions, freshFor, freshOptionNames, resolvePolicy } from '../policy/policy.js'
import { failed } from '../tier/far.js'
import { clear, evictKeys, evictTags, expire } from './evict.js'
import { find, findAt } from './find.js'
import type { CacheWrites } from './pending.js'
import { type Load, type LoadContext, type Parts, tell } from './parts.js'
import { give } from './give.js'
import { look, read } from './read.js'
import type { CacheStats } from './stats.js'
import { abandonPut, beginPut, put, standing } from './write.js'

/** Options of one call without a decorator. Durations are ms or text. */
export interface CallOptions extends Omit<FreshOptions, 'ttl'> {
  /** @default the cache's ttl */
  ttl?: Duration
  /** What the entry bears. @default none */
  tags?: readonly string[]
}

const callOptionNames = [...freshOptionNames, 'tags']

/** What `peek` tells of an entry; times are wall time, ms. */
export interface Peeked<V> {
  readonly value: V
  readonly createdAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
  readonly tier: 'memory' | 'store'
}

/** One named cache. Keys are a part or a list of parts: `'a'` and `['a']` are one key. */
export class Cache<V = unknown> {
  constructor(
    protected readonly parts: Parts,
    private readonly writeBehind: () => CacheWrites & { flush(key?: string): Promise<void> },
  ) {}

  get name(): string {
    return this.parts.name
  }

  #key(key: unknown): string {
    return this.parts.scoped(keyText(key, `cache '${this.name}': key`))
  }

  /** The value of a key, or undefined: also for a cached undefined (`peek` tells them apart). `version` reads an older version of the values. */
  async get(key: unknown, options: { version?: number } = {}): Promise<V | undefined> {
    const text = this.#key(key)
    if (options.version !== undefined && options.version !== this.parts.version + this.parts.generation) {
      const entry = await findAt(this.parts, text, options.version)
      return entry === undefined ? undefined : (give(entry) as V)
    }
    const hit = look(this.parts, text)
    if (hit !== undefined) return give(hit) as V
    const found = await find(this.parts, text)
    return found === undefined ? undefined : (give(found.entry) as V)
  }

  /** The entry of a key, with its times and tags, or undefined. */
  async peek(key: unknown): Promise<Peeked<V> | undefined> {
    const found = await find(this.parts, this.#key(key))
    if (found === undefined) return undefined
    const { entry } = found
    const left = entry.freshUntil - this.parts.clock.monotonic()
    return {
      value: give(entry) as V,
      createdAt: entry.createdAt,
      expiresAt: this.parts.clock.now() + left,
      tags: entry.tags,
      tier: found.tier,
    }
  }

  /** The value of a key; loads and stores it where there is none. Calls of one loader function on one key share a load. */
  async getOrLoad<L extends V | null | undefined>(
    key: unknown,
    load: (context: LoadContext<V>) => L | PromiseLike<L>,
    options: CallOptions = {},
  ): Promise<L> {
    const text = this.#key(key)
    const hit = look(this.parts, text)
    if (hit !== undefined) return give(hit) as L
    return (await read(this.parts, text, this.#load(load as Load['run'], options))) as L
  }

  /** Stores a value. With a function: runs it as a write-through, so that writers that overlap leave a miss, never the older value. */
  async put<P extends V>(key: unknown, value: P | (() => P | PromiseLike<P>), options: CallOptions = {}): Promise<P> {
    const text = this.#key(key)
    const load = this.#load(() => value, options)
    const write = await beginPut(this.parts, text)
    let made: P
    try {
      made = typeof value === 'function' ? await (value as () => P | PromiseLike<P>)() : value
    } catch (error) {
      abandonPut(this.parts, write)
      throw error
    }
    await put(this.parts, write, text, load, made, standing(this.parts, write, text, load.tags(made)))
    return made
  }

  async evict(key: unknown): Promise<void> {
    await evictKeys(this.parts, [this.#key(key)])
  }

  async evictMany(keys: Iterable<unknown>): Promise<void> {
    await evictKeys(
      this.parts,
      Array.from(keys, (key) => this.#key(key)),
    )
  }

  /** Outdates every entry that bears one of these tags. */
  async evictTags(tags: readonly string[]): Promise<void> {
    await evictTags(this.parts, checkTags(tags, `cache '${this.name}': evictTags`))
  }

  /** Makes an entry stale, not gone: still served within staleWhileRevalidate and staleIfError. */
  async expire(key: unknown): Promise<void> {
    await expire(this.parts, [this.#key(key)])
  }

  /** Outdates every entry of the cache, in all processes. */
  async clear(): Promise<void> {
    await clear(this.parts)
  }

  /** Moves every process to the next version of the values: older entries are out of reach and left to expire. Answers the new version. */
  async bumpVersion(): Promise<number> {
    const { parts } = this
    let generation = parts.generation + 1
    if (parts.far !== undefined) {
      const answer = await parts.far.bumpVersion()
      if (answer === failed)
        throw new StoreError(`cache '${this.name}': bumpVersion was not taken by ${parts.far.store.name}; try again`)
      generation = answer
    }
    parts.generation = generation
    parts.near?.bump()
    parts.position.tick()
    parts.flights.detachAll()
    tell(parts, { type: 'bump', cache: this.name, version: parts.version + generation })
    return parts.version + generation
  }

  /** A cached form of a function, with the options of @Cacheable; `name` stands in the default key. */
  wrap<A extends unknown[], R>(
    fn: (...args: A) => Promise<R>,
    options: {
      name: string
      key?: (...args: A) => unknown
      tags?: readonly string[] | ((result: NonNullable<R>, ...args: A) => readonly string[])
    } & Omit<CallOptions, 'tags'>,
  ): (...args: A) => Promise<R> {
    const { name, key, tags, ...fresh } = options
    if (typeof name !== 'string' || name === '')
      throw new CacheConfigError(`cache '${this.name}': wrap needs a name, such as { name: '${fn.name || 'find'}' }`)
    return async (...args) => {
      const of = key === undefined ? [name, args] : key(...args)
      const text = this.#key(of)
      const hit = look(this.parts, text)
      if (hit !== undefined) return give(hit) as R
      const load = { ...this.#load(() => fn(...args), fresh), method: fn }
      if (tags !== undefined)
        load.tags = (value) =>
          typeof tags !== 'function'
            ? tags
            : value === null || value === undefined
              ? []
              : tags(value as NonNullable<R>, ...args)
      return (await read(this.parts, text, load)) as R
    }
  }

  /** Write-behind of this cache: what is pending, and what was given up. */
  get writes(): CacheWrites {
    const behind = this.writeBehind()
    return {
      pending: () => behind.pending(),
      flush: (key) => behind.flush(key === undefined ? undefined : this.#key(key)),
      deadLetters: () => behind.deadLetters(),
      replay: (id) => behind.replay(id),
      discard: (id) => behind.discard(id),
    }
  }

  /** Counts since the cache was made. */
  stats(): CacheStats {
    return { ...this.parts.stats, entries: this.parts.near?.size ?? 0 }
  }

  #load(run: Load['run'], options: CallOptions): Load {
    const where = `cache '${this.name}'`
    refuseUnknown(options, callOptionNames, where)
    checkFresh(options, where)
    const policy =
      Object.keys(options).length === 0 ? this.parts.policy : { ...this.parts.policy, ...resolved(options) }
    const tags = options.tags === undefined ? [] : checkTags(options.tags, where)
    return {
      method: loaderOf(run),
      policy,
      run,
      fresh: (value) => freshFor(policy, value, undefined, [], this.parts.random),
      tags: () => tags,
      unless: undefined,
    }
  }
}

/** Who loads: closures made at one place of the code are one loader. Native and bound functions have no text of their own: each is one. */
function loaderOf(run: Load['run']): unknown {
  const text = Function.prototype.toString.call(run)
  return text.endsWith('{ [native code] }') ? run : text
}

/** Only what was given: the rest stays as the cache has it. */
function resolved(options: CallOptions): object {
  const all = resolvePolicy([options]) as unknown as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => (options as Record<string, unknown>)[name] !== undefined),
  )
}

/** Tags are a list of texts; anything else would silently invalidate nothing. */
export function checkTags(tags: unknown, where: string): readonly string[] {
  if (Array.isArray(tags) && tags.every((t) => typeof t === 'string' && t !== '')) return tags
  throw new CacheConfigError(
    `${where}: tags are a list of non-empty texts, such as ['team:1']; got ${JSON.stringify(tags) ?? String(tags)}`,
  )
}
