import type { CacheScope, Refusal, Store, StoreCache, Ticket } from '../store/store.js'

/** The three assertions that the suite needs: chai's and node's `assert` have them. */
export interface ConformanceAssert {
  ok(value: unknown, message?: string): void
  equal(actual: unknown, expected: unknown, message?: string): void
  deepEqual(actual: unknown, expected: unknown, message?: string): void
}

/** One case of the suite: what it shows, and how. */
export interface Case {
  readonly title: string
  readonly run: (fixture: Fixture) => Promise<void>
}

const hour = 3_600_000

/** What a case works with: the store, caches of it in a namespace of its own, and the short forms of the protocol. */
export class Fixture {
  constructor(
    readonly store: Store,
    readonly assert: ConformanceAssert,
    readonly namespace: string,
  ) {}

  /** One process's handle on a cache; two of one scope stand for two processes. */
  readonly cache = (scope: Partial<CacheScope> = {}): StoreCache =>
    this.store.cache({
      namespace: this.namespace,
      cache: 'users',
      version: 1,
      longestLife: hour,
      leaseTime: 2_000,
      now: Date.now,
      ...scope,
    })

  /** The right to load a key. */
  readonly begin = async (cache: StoreCache, key: string): Promise<Ticket> => {
    const begun = await cache.begin(key)
    if (begun.kind !== 'granted')
      throw new Error(`begin of a key that nobody loads or writes was not granted but: ${begun.kind}`)
    return begun.ticket
  }

  readonly fill = async (
    cache: StoreCache,
    ticket: Ticket,
    text: string,
    tags: readonly string[] = [],
    life = hour,
  ): Promise<'stored' | Refusal> => {
    const filled = await cache.fill(ticket, { text, tags, life })
    return filled.kind === 'stored' ? 'stored' : filled.why
  }

  /** Loads and stores; a store that has lost a tag's record may refuse it once. */
  readonly keep = async (
    cache: StoreCache,
    key: string,
    text: string,
    tags: readonly string[] = [],
    life = hour,
  ): Promise<void> => {
    for (let attempt = 0; attempt < 3; attempt++) {
      if ((await this.fill(cache, await this.begin(cache, key), text, tags, life)) === 'stored') return
    }
  }

  readonly put = async (
    cache: StoreCache,
    ticket: Ticket,
    text: string,
    tags: readonly string[] = [],
  ): Promise<'stored' | 'evicted'> => cache.put(ticket, { text, tags, life: hour })

  /** The texts under these keys; undefined for one that is missing. */
  readonly texts = async (cache: StoreCache, ...keys: string[]): Promise<(string | undefined)[]> =>
    (await cache.read(keys)).map((found) => (found.kind === 'found' ? found.text : undefined))

  /** Why a key is missing, or that it is found. */
  readonly why = async (cache: StoreCache, key: string): Promise<string | undefined> => {
    const [found] = await cache.read([key])
    return found?.kind === 'missing' ? found.why : found?.kind
  }

  /** Asks again, for at most some seconds, until it is so. No pause: what the store does meanwhile needs none. */
  readonly eventually = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    const until = performance.now() + 5_000
    while (!(await holds())) {
      if (performance.now() > until) throw new Error(`${what}: not so after 5 s`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
