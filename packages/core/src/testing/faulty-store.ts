import { type Clock, systemClock } from '../kernel/clock.js'
import { StoreError } from '../kernel/errors.js'
import type { CacheScope, Capabilities, Found, Heard, Store, StoreCache } from '../store/store.js'

/** Everything that can be asked of a store. */
export type StoreVerb = 'open' | 'close' | Exclude<keyof StoreCache, 'listen'>

/** What goes wrong with a verb: nothing, a rejection before or after it was done, or an answer as if it were done. */
type Fault = 'none' | 'before' | 'after' | 'lost'

interface Switch {
  fault: Fault
  /** How many calls the fault still hits. */
  times: number
  error: Error | undefined
  delay: number
  held: boolean
  waiting: (() => void)[]
  arrivals: (() => void)[]
  calls: number
}

const verbs: readonly StoreVerb[] = [
  'open',
  'close',
  'read',
  'begin',
  'fill',
  'release',
  'renew',
  'position',
  'beginPut',
  'put',
  'evict',
  'expire',
  'evictTags',
  'expireTags',
  'clear',
  'bumpVersion',
  'generation',
  'readAt',
  'poll',
]

/** What a verb answers that was dropped without a word; a verb that is not here rejects instead. */
const lostAnswers: { readonly [verb in StoreVerb]?: (first: unknown) => unknown } = {
  open() {},
  close() {},
  release() {},
  evict() {},
  expire() {},
  evictTags() {},
  expireTags() {},
  clear() {},
  fill: () => ({ kind: 'stored' }),
  put: () => 'stored',
  renew: () => true,
  poll: () => ({ kind: 'nothing' }),
  read: (keys) => (keys as readonly string[]).map((): Found => ({ kind: 'missing', why: 'absent' })),
}

/**
 * A store that fails on demand. It wraps another one, counts what it is asked, and each verb can be made to fail, to be
 * late, to be held, or to be lost: `store.when('fill').failsNext(2).when('read').takes(50)`.
 */
export class FaultyStore implements Store {
  readonly name: string
  readonly capabilities: Capabilities
  readonly #inner: Store
  readonly #clock: Clock
  readonly #switches: Record<StoreVerb, Switch>
  #chosen: readonly StoreVerb[] = verbs

  constructor(inner: Store, clock: Clock = systemClock) {
    this.name = `faulty ${inner.name}`
    this.capabilities = inner.capabilities
    this.#inner = inner
    this.#clock = clock
    const untouched = (): Switch => ({
      fault: 'none',
      times: 0,
      error: undefined,
      delay: 0,
      held: false,
      waiting: [],
      arrivals: [],
      calls: 0,
    })
    this.#switches = Object.fromEntries(verbs.map((verb) => [verb, untouched()])) as Record<StoreVerb, Switch>
  }

  /** Chooses the verbs that the words after it are about; none named: all. */
  when(...chosen: StoreVerb[]): this {
    this.#chosen = chosen.length > 0 ? chosen : verbs
    return this
  }

  fails(error?: Error): this {
    return this.#set({ fault: 'before', times: Infinity, error })
  }
  failsNext(times = 1, error?: Error): this {
    return this.#set({ fault: 'before', times, error })
  }
  /** Does it, and then rejects: the outcome is unknown to the caller. */
  failsAfter(times = Infinity, error?: Error): this {
    return this.#set({ fault: 'after', times, error })
  }
  /** Answers as if it were done, and does nothing. */
  isLost(times = Infinity): this {
    return this.#set({ fault: 'lost', times })
  }
  /** Begins each call only after so many ms of the clock. */
  takes(ms: number): this {
    return this.#set({ delay: ms })
  }
  /** Begins no call before `releases`. */
  holds(): this {
    return this.#set({ held: true })
  }
  releases(): this {
    for (const verb of this.#chosen) {
      const at = this.#switches[verb]
      at.held = false
      for (const go of at.waiting.splice(0)) go()
    }
    return this
  }
  heals(): this {
    return this.#set({ fault: 'none', times: 0, error: undefined, delay: 0 }).releases()
  }

  /** How often a verb was asked, whatever came of it; all verbs together when none is named. */
  calls(verb?: StoreVerb): number {
    return verb ? this.#switches[verb].calls : verbs.reduce((sum, one) => sum + this.#switches[one].calls, 0)
  }
  forgetsCalls(): this {
    for (const verb of verbs) this.#switches[verb].calls = 0
    return this
  }
  /** Settles when a call of this verb is being held, now or later. */
  reached(verb: StoreVerb): Promise<void> {
    const at = this.#switches[verb]
    return at.waiting.length > 0 ? Promise.resolve() : new Promise((resolve) => at.arrivals.push(resolve))
  }

  open(): Promise<void> {
    return this.#call('open', undefined, () => this.#inner.open())
  }
  close(): Promise<void> {
    return this.#call('close', undefined, () => this.#inner.close())
  }

  cache(scope: CacheScope): StoreCache {
    const inner = this.#inner.cache(scope)
    return {
      read: (keys) => this.#call('read', keys, () => inner.read(keys)),
      begin: (key, replaces) => this.#call('begin', key, () => inner.begin(key, replaces)),
      fill: (ticket, sealed) => this.#call('fill', ticket, () => inner.fill(ticket, sealed)),
      release: (ticket) => this.#call('release', ticket, () => inner.release(ticket)),
      renew: (ticket) => this.#call('renew', ticket, () => inner.renew(ticket)),
      position: () => this.#call('position', undefined, () => inner.position()),
      beginPut: (key) => this.#call('beginPut', key, () => inner.beginPut(key)),
      put: (ticket, sealed, own) => this.#call('put', ticket, () => inner.put(ticket, sealed, own)),
      evict: (keys) => this.#call('evict', keys, () => inner.evict(keys)),
      expire: (keys, rewrite) => this.#call('expire', keys, () => inner.expire(keys, rewrite)),
      evictTags: (tags) => this.#call('evictTags', tags, () => inner.evictTags(tags)),
      expireTags: (tags) => this.#call('expireTags', tags, () => inner.expireTags(tags)),
      clear: () => this.#call('clear', undefined, () => inner.clear()),
      bumpVersion: () => this.#call('bumpVersion', undefined, () => inner.bumpVersion()),
      generation: () => this.#call('generation', undefined, () => inner.generation()),
      readAt: (generation, keys) => this.#call('readAt', keys, () => inner.readAt(generation, keys)),
      poll: () => this.#call('poll', undefined, () => inner.poll()),
      ...(inner.readEach !== undefined && {
        readEach: (keys: readonly string[]) => this.#call('read', keys, () => inner.readEach!(keys)),
      }),
      ...(inner.listen !== undefined && { listen: (heard: (what: Heard) => void) => inner.listen?.(heard) }),
    }
  }

  #set(change: Partial<Switch>): this {
    for (const verb of this.#chosen) Object.assign(this.#switches[verb], change)
    return this
  }

  async #call<T>(verb: StoreVerb, first: unknown, run: () => Promise<T>): Promise<T> {
    const at = this.#switches[verb]
    at.calls++
    if (at.held) {
      const released = new Promise<void>((resolve) => at.waiting.push(resolve))
      for (const arrived of at.arrivals.splice(0)) arrived()
      await released
    }
    if (at.delay > 0) await new Promise<void>((resolve) => this.#clock.after(at.delay, resolve))
    const fault = at.times > 0 ? at.fault : 'none'
    if (fault === 'none') return run()
    at.times--
    const answer = lostAnswers[verb]
    if (fault === 'lost' && answer) return answer(first) as T
    if (fault === 'after') await run()
    throw at.error ?? new StoreError(`${this.name} was told to fail at ${verb}.`)
  }
}
