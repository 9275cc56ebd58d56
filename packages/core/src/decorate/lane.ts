import { give } from '../cache/give.js'
import { type Parts, tell } from '../cache/parts.js'
import { met, served } from '../cache/read.js'
import type { Entry } from '../entry/entry.js'
import { ArgumentsKey, PartsKey } from '../key/key.js'
import { KeyMemo } from '../key/key-memo.js'
import { defaultManager } from '../manager/default.js'
import { type CacheManager, managerOf } from '../manager/manager.js'
import type { BoundRule, Served } from './bound-rule.js'
import type { AnyMethod } from './dual.js'
import type { ShortWay } from './plan.js'
import { type Leaving, leaving, missed } from './read-through.js'

/**
 * The short way of a method that does nothing but @Cacheable over a memory tier: all that a hit asks stands in one object. A hit answers
 * the one promise that its entry keeps (measured: a promise of its own for each makes it a quarter dearer).
 */
export class Lane implements ShortWay {
  readonly #memo = new KeyMemo<Entry>()
  readonly #key: BoundRule['rule']['key']
  readonly #keys: ArgumentsKey
  readonly #parted: PartsKey
  readonly #parts: Parts
  readonly #sync: boolean
  readonly #counts: BoundRule['counts']
  readonly #isStatic: boolean
  last: object | undefined

  constructor(
    private readonly served: Served,
    private readonly by: BoundRule,
    readonly manager: CacheManager,
    /** The prototype of the instances that it serves; for a static, the class. */
    readonly owner: unknown,
  ) {
    this.#key = by.rule.key
    this.#counts = by.counts
    this.#keys = new ArgumentsKey(served.className, served.methodName)
    this.#parted = new PartsKey(by.where)
    this.#parts = by.parts
    this.#isStatic = served.plan.isStatic
    this.#sync = by.rule.sync === true
    by.parts.near!.remembered(() => this.#memo.clear())
  }

  isFor(self: unknown): boolean {
    if (self === null || (typeof self !== 'object' && typeof self !== 'function')) return false
    if ((managerOf(self) ?? defaultManager()) !== this.manager) return false
    if ((this.#isStatic ? self : Object.getPrototypeOf(self)) !== this.owner) return false
    this.last = self
    return true
  }

  /**
   * A call with one argument. The way of a hit is one straight line, without a closure, a list of arguments or a call of ours: a
   * compiler that has seen more misses than hits spends its room on those (measured: 1.35 for 1.15 of the limit). Whatever it does
   * not ask, `#look` does.
   */
  one(original: AnyMethod, self: unknown, a: unknown): unknown {
    try {
      if (typeof a === 'object' && a instanceof AbortSignal) return this.several(original, self, [a])
      const given = this.#key === undefined ? a : this.#key.call(self, a)
      const memo = this.#memo
      let entry: Entry | undefined
      if (typeof given !== 'object' || given === null) entry = memo.single.get(given)
      else if (!Array.isArray(given) || given.length !== 2 || given[0] !== memo.front) entry = memo.ofPrint(given)
      else entry = memo.behind.get(given[1]) ?? memo.ofPrint(given)
      const parts = this.#parts
      if (
        entry !== undefined &&
        entry.position >= parts.position.moved &&
        parts.enabled &&
        parts.transactions.open === 0 &&
        (parts.writes === undefined || !parts.writes.dirty(entry.key)) &&
        (parts.trust === undefined ? parts.coarse() < entry.dueAt : this.#trusts(entry))
      ) {
        entry.visited = true
        const { stats } = parts
        stats.hits++
        stats.memoryHits++
        this.#counts.hits++
        if (parts.observers.hits)
          tell(parts, { type: 'hit', cache: parts.name, key: entry.key, tier: 'memory', stale: false })
        return this.#sync ? entry.value : entry.promise
      }
      return this.#look(original, self, a, undefined, undefined, given, entry?.key)
    } catch (error) {
      if (this.#sync) throw error
      return Promise.reject(error)
    }
  }

  /** A call with any number of arguments. */
  several(original: AnyMethod, self: unknown, args: unknown[]): unknown {
    const left = leaving(args)
    left?.signal.throwIfAborted()
    if (this.#key !== undefined) {
      const given = this.#key.apply(self, args)
      return this.#look(original, self, undefined, args, left, given, this.#memo.of(given)?.key)
    }
    const bare = left === undefined ? args : args.toSpliced(left.at, 1)
    if (bare.length === 1)
      return this.#look(original, self, undefined, args, left, bare[0], this.#memo.of(bare[0])?.key)
    return this.#look(original, self, undefined, args, left, bare, this.#memo.ofArguments(bare)?.key, true)
  }

  #trusts(entry: Entry): boolean {
    const { clock, trust } = this.#parts
    const now = clock.monotonic()
    return now < entry.dueAt && trust!.holds(now)
  }

  /** By the text of the key, where it is known. `given`: the parts of the key, or the one argument, or all of them; `only` and `args` as in `MethodLoad`. */
  #look(
    original: AnyMethod,
    self: unknown,
    only: unknown,
    args: unknown[] | undefined,
    left: Leaving | undefined,
    given: unknown,
    known: string | undefined,
    all = false,
  ): unknown {
    const { by } = this
    const text = known ?? this.#text(given, all)
    const seen = met(this.#parts, text)
    const entry = served(this.#parts, text, seen)
    if (entry === undefined) return missed(this.served.plan, by, original, self, only, args, text, left, seen)
    this.#counts.hits++
    if (entry.copied) return this.#sync ? give(entry) : Promise.resolve(give(entry))
    if (all) this.#memo.keepArguments(given as unknown[], entry)
    else this.#memo.keep(given, entry)
    return this.#sync ? entry.value : (entry.promise ??= Promise.resolve(entry.value))
  }

  #text(given: unknown, all: boolean): string {
    if (this.#key !== undefined) return this.#parted.of(given)
    return all ? this.#keys.of(given as unknown[]) : this.#keys.ofOne(given)
  }
}
