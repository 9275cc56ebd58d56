import type { Store } from '@cachesmith/core'
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

/** Loads and stores an entry. */
export async function keep(store: Store, key: string, text: string): Promise<void> {
  const cache = store.cache(scope)
  const begun = await cache.begin(key)
  assert(begun.kind === 'granted')
  assert.deepEqual(await cache.fill(begun.ticket, { text, tags: [], life: 60_000 }), { kind: 'stored' })
}
