import type { CacheScope, Found, Sealed, Store, StoreCache, Ticket } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'

/** Two stores on one file: to SQLite, two processes. */
export interface World {
  readonly one: StoreCache
  readonly two: StoreCache
  readonly stores: readonly [Store, Store]
  /** Wall time as both see it. */
  readonly time: { now: number }
  close(): Promise<void>
}

/** A scope whose time stands still until a test moves it. */
export const aScope = (time: { now: number }, fields: Partial<CacheScope> = {}): CacheScope => ({
  namespace: 'shop',
  cache: 'users',
  version: 1,
  longestLife: 60_000,
  leaseTime: 3_000,
  now: () => time.now,
  ...fields,
})

export async function twoProcesses(path: string, fields: Partial<CacheScope> = {}, ofTwo = fields): Promise<World> {
  const time = { now: Date.now() }
  const stores = [sqliteStore(path), sqliteStore(path)] as const
  for (const store of stores) await store.open()
  return {
    one: stores[0].cache(aScope(time, fields)),
    two: stores[1].cache(aScope(time, ofTwo)),
    stores,
    time,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()))
    },
  }
}

export const sealed = (text: string, tags: readonly string[] = [], life = 60_000): Sealed => ({ text, tags, life })

/** A ticket that must be granted. */
export async function granted(cache: StoreCache, key: string, replaces?: string): Promise<Ticket> {
  const begun = await cache.begin(key, replaces)
  if (begun.kind !== 'granted') throw new Error(`expected a lease, got '${begun.kind}'`)
  return begun.ticket
}

/** Loads a key and keeps it. */
export async function keep(
  cache: StoreCache,
  key: string,
  text = key,
  tags: readonly string[] = [],
  life = 60_000,
): Promise<void> {
  const filled = await cache.fill(await granted(cache, key), sealed(text, tags, life))
  if (filled.kind !== 'stored') throw new Error(`expected a fill, refused: ${filled.why}`)
}

/** What a read says, in a word: the text, or why there is none. */
export function word(found: Found): string {
  if (found.kind === 'found') return found.text
  return found.tag === undefined ? `(${found.why})` : `(${found.why} ${found.tag})`
}

export async function words(cache: StoreCache, ...keys: string[]): Promise<string[]> {
  return (await cache.read(keys)).map(word)
}
