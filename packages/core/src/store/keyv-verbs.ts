import type { StoreCache } from './store.js'

/** What one cache's part of a Keyv can do. */
type Verb = Exclude<keyof StoreCache, 'readEach' | 'listen'>
type Verbs = Pick<StoreCache, Verb>
type Call = (...args: unknown[]) => Promise<never>

const verbs: Record<Verb, true> = {
  read: true,
  readAt: true,
  begin: true,
  fill: true,
  release: true,
  renew: true,
  position: true,
  beginPut: true,
  put: true,
  evict: true,
  expire: true,
  evictTags: true,
  expireTags: true,
  clear: true,
  bumpVersion: true,
  generation: true,
  poll: true,
}

/** Stands for a part of a store before its code is loaded, which `make` does, once, at the first verb. */
export function laterVerbs(make: () => Promise<Verbs>): Verbs {
  let made: Verbs | undefined
  let making: Promise<Verbs> | undefined
  const call = (on: Verbs, verb: Verb, args: unknown[]) => (on[verb] as unknown as Call).apply(on, args)
  const ask = async (verb: Verb, args: unknown[]) => {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    made = await making
    return call(made, verb, args)
  }
  const of =
    (verb: Verb): Call =>
    (...args) =>
      made === undefined ? ask(verb, args) : call(made, verb, args)
  return Object.fromEntries(Object.keys(verbs).map((verb) => [verb, of(verb as Verb)])) as unknown as Verbs
}
