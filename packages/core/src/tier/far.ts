import type { Clock } from '../kernel/clock.js'
import { within } from '../kernel/deadline.js'
import { CacheConfigError, StoreError } from '../kernel/errors.js'
import type { Begun, Filled, Found, Heard, Invalidations, Sealed, Store, StoreCache, Ticket } from '../store/store.js'
import type { Breaker } from './breaker.js'
import { Owed } from './owed.js'

/** What a store's verb answers when the store cannot be asked, or its answer is unknown. */
export const failed = Symbol('failed')
export type Failed = typeof failed

/** One cache's part of a store with its manners: opened once, a budget on each call, a breaker, no error let out but a wrong configuration. */
export class Far {
  readonly owed = new Owed()
  #replaying: Promise<void> | undefined

  constructor(
    readonly store: Store,
    private readonly verbs: StoreCache,
    private readonly breaker: Breaker,
    private readonly clock: Clock,
    private readonly budget: number,
    private readonly open: () => Promise<void>,
    private readonly trouble: (verb: string, error: unknown) => void,
  ) {}

  /** Reads, once all that is owed is paid; while it is not, or is being paid, the store is not trusted. */
  async read(keys: readonly string[]): Promise<readonly Found[] | Failed> {
    if ((this.owed.any || this.#replaying !== undefined) && !(await this.#pay())) return failed
    return this.#call('read', () => this.verbs.read(keys))
  }

  begin(key: string, replaces?: string): Promise<Begun | Failed> {
    return this.#call('begin', () => this.verbs.begin(key, replaces))
  }
  fill(ticket: Ticket, sealed: Sealed): Promise<Filled | Failed> {
    return this.#call('fill', () => this.verbs.fill(ticket, sealed))
  }
  release(ticket: Ticket): Promise<void | Failed> {
    return this.#call('release', () => this.verbs.release(ticket))
  }
  renew(ticket: Ticket): Promise<boolean | Failed> {
    return this.#call('renew', () => this.verbs.renew(ticket))
  }
  position(): Promise<string | Failed> {
    return this.#call('position', () => this.verbs.position())
  }
  beginPut(key: string): Promise<Ticket | Failed> {
    return this.#call('beginPut', () => this.verbs.beginPut(key))
  }
  put(ticket: Ticket, sealed: Sealed, own?: Invalidations): Promise<'stored' | 'evicted' | Failed> {
    return this.#call('put', () => this.verbs.put(ticket, sealed, own))
  }
  /** A store tells a thing once: what it answers is applied also when the answer comes too late to count as one. */
  poll(apply: (heard: Heard) => void): Promise<Heard | Failed> {
    return this.#call('poll', async () => {
      const heard = await this.verbs.poll()
      apply(heard)
      return heard
    })
  }
  bumpVersion(): Promise<number | Failed> {
    return this.#call('bumpVersion', () => this.verbs.bumpVersion())
  }
  generation(): Promise<number | Failed> {
    return this.#call('generation', () => this.verbs.generation())
  }
  readAt(generation: number, keys: readonly string[]): Promise<readonly Found[] | Failed> {
    return this.#call('readAt', () => this.verbs.readAt(generation, keys))
  }
  expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void | Failed> {
    return this.#call('expire', () => this.verbs.expire(keys, rewrite))
  }

  expireTags(tags: readonly string[]): Promise<void | Failed> {
    return this.#call('expireTags', () => this.verbs.expireTags(tags))
  }

  /** Invalidates; what the store does not acknowledge is owed. */
  async evict(keys: readonly string[]): Promise<void> {
    if ((await this.#call('evict', () => this.verbs.evict(keys))) === failed) this.owed.add({ keys })
  }
  async evictTags(tags: readonly string[]): Promise<void> {
    if ((await this.#call('evictTags', () => this.verbs.evictTags(tags))) === failed) this.owed.add({ tags })
  }
  async clear(): Promise<void> {
    if ((await this.#call('clear', () => this.verbs.clear())) === failed) this.owed.add({ all: true })
  }

  async #pay(): Promise<boolean> {
    this.#replaying ??= this.#replay().finally(() => {
      this.#replaying = undefined
    })
    await this.#replaying
    return !this.owed.any
  }

  async #replay(): Promise<void> {
    const { keys, tags, all } = this.owed.take()
    if (all) return this.clear()
    if (keys.length > 0) await this.evict(keys)
    if (tags.length > 0) await this.evictTags(tags)
  }

  async #call<T>(verb: string, ask: () => Promise<T>): Promise<T | Failed> {
    if (!this.breaker.allows()) return failed
    try {
      const late = () => new StoreError(`${this.store.name}: no answer to ${verb} within ${this.budget} ms`)
      const answer = await within(this.clock, this.budget, this.open().then(ask), late)
      this.breaker.succeeded()
      return answer
    } catch (error) {
      if (error instanceof CacheConfigError) throw error
      this.breaker.failed()
      this.trouble(verb, error)
      return failed
    }
  }
}
