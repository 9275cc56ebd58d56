/** A service whose methods cost something. Every contestant caches these three. */
export interface Source {
  find(id: unknown): Promise<unknown>
  search(query: Query): Promise<unknown>
  findMany(ids: readonly string[]): Promise<unknown[]>
}

export interface Query {
  readonly team: string
  readonly page: number
  readonly roles: readonly string[]
}

/** Where a contestant keeps things: in memory, in Redis, or in memory with Redis behind. */
export const tiers = ['memory', 'redis', 'both'] as const
export type Tier = (typeof tiers)[number]

/** `best`: the settings its documentation names for speed, ttl and a bound kept; `defaults`: a ttl and nothing else. */
export const settings = ['best', 'defaults'] as const
export type Settings = (typeof settings)[number]

export interface World {
  readonly source: Source
  readonly tier: Tier
  readonly settings: Settings
  readonly ttlMs: number
  /** Where Redis is, for tiers that have it. */
  readonly redisUrl: string
}

/** The cached service. What a library has no way of its own to do is left out, never imitated. */
export interface Cached {
  find(id: unknown): Promise<unknown>
  search?(query: Query): Promise<unknown>
  findMany?(ids: readonly string[]): Promise<readonly unknown[]>
  evict(id: unknown): Promise<unknown>
  close(): Promise<unknown>
}

/** One library. */
export interface Contestant {
  readonly name: string
  /** Its npm packages; the first is the one whose bytes and import are measured. */
  readonly packages: readonly string[]
  readonly tiers: readonly Tier[]
  /** What `best` sets beyond `defaults`, which is about memory alone; undefined: nothing. */
  readonly best: string | undefined
  open(world: World): Cached | Promise<Cached>
}

/** Room for more than any of them is asked to hold. */
export const maxEntries = 10_000
