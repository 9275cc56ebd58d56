import type { Store, StoreCache, Ticket } from '@cachesmith/core'
import { assert } from 'chai'

/** One cache of one application. */
export const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: Date.now }
/** A password that must be found nowhere. */
export const secret = 'very-s3cret-word'

/** What a promise rejects with. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  assert.instanceOf(error, Error)
  return error as Error
}

/** Asks again until it is so; answers how long that took, ms. */
export async function eventually(what: string, holds: () => Promise<boolean>, ms = 5_000): Promise<number> {
  const from = performance.now()
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`${what}: not so after ${ms} ms`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return performance.now() - from
}

/** Whether a store answers reads at this moment. */
export const answers = (store: Store) =>
  store
    .cache(scope)
    .read(['a'])
    .then(
      () => true,
      () => false,
    )

/** Loads and stores an entry, in place of one that is there. */
export async function keep(store: Store, key: string, text: string): Promise<void> {
  await fillOf(store.cache(scope), key, text)
}

/** Loads and stores an entry of a cache. */
export async function fillOf(
  cache: StoreCache,
  key: string,
  text: string,
  tags: readonly string[] = [],
): Promise<void> {
  const [found] = await cache.read([key])
  const ticket = await granted(cache, key, found?.kind === 'found' ? found.id : undefined)
  assert.deepEqual(await cache.fill(ticket, { text, tags, life: 60_000 }), { kind: 'stored' })
}

/** The right to load a key. */
export async function granted(cache: StoreCache, key: string, replaces?: string): Promise<Ticket> {
  const begun = await cache.begin(key, replaces)
  assert(begun.kind === 'granted', `begin of ${key}: ${begun.kind}`)
  return begun.ticket
}

/** What a cache holds under a key: its text, or why there is none. */
export async function look(cache: StoreCache, key: string): Promise<string> {
  const [found] = await cache.read([key])
  return found?.kind === 'found' ? found.text : `(${found?.why})`
}
