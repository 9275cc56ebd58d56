import type { Clock, Timer } from '../kernel/clock.js'
import { Deadlines, within } from '../kernel/deadline.js'
import { CacheConfigError, StoreError } from '../kernel/errors.js'
import type { Begun, Filled, Found, Heard, Invalidations, Sealed, Store, StoreCache, Ticket } from '../store/store.js'
import type { Access } from './access.js'
import { type Glance, Look } from './look.js'
import { type Due, Owed } from './owed.js'

/** What a store's verb answers when the store cannot be asked, or its answer is unknown. */
export const failed = Symbol('failed')
export type Failed = typeof failed
type Reject = (error: unknown) => void

/** While the breaker is open nothing is made for a call, not even a promise. */
const refused: Promise<Failed> = Promise.resolve(failed)
const remindEvery = 250

/** One cache's part of a store with its manners: opened once, a budget on each call, a breaker, no error let out but a wrong configuration. */
export class Far {
  readonly store: Store
  readonly owed = new Owed()
  #paying: Promise<boolean> | undefined
  #reminder: Timer | undefined
  #ended = false
  #look: Look<readonly Glance[] | Failed> | undefined
  readonly #deadlines: Deadlines

  constructor(
    private readonly access: Access,
    private readonly verbs: StoreCache,
    private readonly clock: Clock,
    private readonly budget: number,
    private readonly trouble: (verb: string, error: unknown) => void,
  ) {
    this.store = access.store
    this.#deadlines = new Deadlines(clock, budget)
  }

  /** The look into the store that the reads of this tick share; a key is to be added in this very step. */
  look(): Look<readonly Glance[] | Failed> {
    this.#look ??= new Look(this.clock, this.#read)
    return this.#look
  }
  /** Each key is an operation of its own, but for the bound: what was looked for in one tick goes as a whole. */
  readonly #read = (keys: readonly string[], resolve: (answer: readonly Glance[] | Failed) => void, reject: Reject) => {
    this.#look = undefined
    const { breaker, inFlight } = this.access
    const read = () => (this.verbs.readEach ?? this.verbs.read).call(this.verbs, keys)
    if (this.owed.any || breaker.open || inFlight.full) this.#trusting('read', read, keys.length).then(resolve, reject)
    else this.#ask('read', read, keys.length, resolve, reject)
  }
  /** What one look has not settled yet. */
  settle(found: Promise<Found>): Promise<Found | Failed> {
    return this.#call('read', () => found)
  }
  begin(key: string, replaces?: string): Promise<Begun | Failed> {
    return this.#trusting('begin', () => this.verbs.begin(key, replaces))
  }
  readAt(generation: number, keys: readonly string[]): Promise<readonly Found[] | Failed> {
    return this.#trusting('readAt', () => this.verbs.readAt(generation, keys))
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
  expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void | Failed> {
    return this.#call('expire', () => this.verbs.expire(keys, rewrite))
  }
  expireTags(tags: readonly string[]): Promise<void | Failed> {
    return this.#call('expireTags', () => this.verbs.expireTags(tags))
  }

  /** Invalidates; what the store does not acknowledge is owed. */
  evict(keys: readonly string[]): Promise<void> {
    return this.#owing('evict', { keys }, () => this.#evict(keys))
  }
  evictTags(tags: readonly string[]): Promise<void> {
    return this.#owing('evictTags', { tags }, () => this.#evictTags(tags))
  }
  clear(): Promise<void> {
    return this.#owing('clear', { all: true }, () => this.#clear())
  }

  /** Tries once more to pay what is owed, and stops trying. */
  async end(): Promise<void> {
    this.#ended = true
    this.#reminder?.stop()
    this.#deadlines.close()
    if (this.owed.any && !this.access.breaker.open) await this.#pay()
  }

  #evict(keys: readonly string[]): Promise<void | Failed> {
    return this.#call('evict', () => this.verbs.evict(keys))
  }
  #evictTags(tags: readonly string[]): Promise<void | Failed> {
    return this.#call('evictTags', () => this.verbs.evictTags(tags))
  }
  #clear(): Promise<void | Failed> {
    return this.#call('clear', () => this.verbs.clear())
  }

  /** What a store says is believed once all that is owed is paid; where that takes long, nobody waits for it. */
  #trusting<T>(verb: string, ask: () => Promise<T>, count = 1): Promise<T | Failed> {
    if (!this.owed.any) return this.#call(verb, ask, count)
    if (this.access.breaker.open || !this.owed.fitsOneStep) return refused
    return this.#pay().then((paid) => (paid ? this.#call(verb, ask, count) : failed))
  }

  /** An invalidation that did not reach its store is never silent. Who only writes asks nothing, so it is also paid by itself. */
  async #owing(verb: string, what: Partial<Due>, invalidate: () => Promise<void | Failed>): Promise<void> {
    const { store, breaker } = this.access
    if (breaker.open) this.trouble(verb, new StoreError(`${store.name} is out of reach: the ${verb} is owed`))
    if ((await invalidate()) !== failed) return
    this.owed.add(what)
    this.#remind()
  }

  #remind(): void {
    if (this.#ended || this.#reminder !== undefined) return
    this.#reminder = this.clock.after(remindEvery, () => {
      const payment = this.access.breaker.open ? undefined : this.#pay()
      void Promise.resolve(payment).then(() => {
        this.#reminder = undefined
        if (this.owed.any) this.#remind()
      })
    })
  }

  #pay(): Promise<boolean> {
    this.#paying ??= this.#replay().finally(() => {
      this.#paying = undefined
    })
    return this.#paying
  }

  /** Replays step by step until one fails; true when nothing is owed any more. */
  async #replay(): Promise<boolean> {
    while (this.owed.any) {
      const { keys, tags, all } = this.owed.take()
      const outcomes = await Promise.all([
        all ? this.#clear() : undefined,
        keys.length > 0 && !all ? this.#evict(keys) : undefined,
        tags.length > 0 && !all ? this.#evictTags(tags) : undefined,
      ]).catch(() => [failed])
      if (outcomes.includes(failed)) {
        this.owed.unpaid()
        return false
      }
      this.owed.paid()
    }
    return true
  }

  #call<T>(verb: string, ask: () => Promise<T>, count = 1): Promise<T | Failed> {
    if (this.access.breaker.open) return refused
    if (!this.access.inFlight.full)
      return new Promise((resolve, reject) => this.#ask(verb, ask, count, resolve, reject))
    this.trouble(verb, new StoreError(`${this.store.name}: ${this.access.inFlight.most} operations are under way`))
    return refused
  }

  /** No async function: a hit in a store pays for each promise. */
  #ask<T>(
    verb: string,
    ask: () => Promise<T>,
    count: number,
    resolve: (answer: T | Failed) => void,
    reject: Reject,
  ): void {
    const { breaker, inFlight } = this.access
    const { answers } = breaker
    let opened = this.access.isOpen
    const lost = (error: unknown, late: boolean) => {
      if (error instanceof CacheConfigError) return reject(error)
      if (!opened) breaker.trip(this.#probe)
      else if (late) breaker.late(answers, this.#probe)
      else breaker.failed(this.#probe)
      this.trouble(verb, error)
      resolve(failed)
    }
    const wait = this.#deadlines.begin(() =>
      lost(new StoreError(`${this.store.name}: no answer to ${verb} within ${this.budget} ms`), true),
    )
    inFlight.begin(count)
    const work = opened
      ? begun(ask)
      : this.access.open().then(() => {
          opened = true
          return ask()
        })
    work.then(
      (answer) => {
        inFlight.end(count)
        const ended = this.#deadlines.end(wait)
        if (ended === 'late') return
        breaker.answered(ended, this.#probe)
        resolve(answer)
      },
      (error: unknown) => {
        inFlight.end(count)
        if (this.#deadlines.end(wait) !== 'late') lost(error, false)
      },
    )
  }

  readonly #probe = async (): Promise<boolean> => {
    const work = this.access.open().then(() => this.verbs.generation())
    return within(this.clock, this.budget, work, () => new StoreError('no sign of life')).then(
      () => true,
      () => false,
    )
  }
}

/** What a verb throws at once is what it rejects with. */
function begun<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return ask()
  } catch (error) {
    return Promise.reject(error)
  }
}
