import { systemClock } from '../kernel/clock.js'
import { within } from '../kernel/deadline.js'
import { StoreError } from '../kernel/errors.js'
import { type KeyvSource, PlainAdapter } from './keyv-adapter.js'
import { laterVerbs } from './keyv-verbs.js'
import type { Store } from './store.js'

export { isKeyvLike, type KeyvSource } from './keyv-adapter.js'

/** What may be said of a Keyv that cannot be seen from outside. */
export interface KeyvStoreOptions {
  /** What errors and events call it. @default the adapter's class name */
  readonly name?: string
  /** Whether other processes use it too. @default true, but for a Map */
  readonly shared?: boolean
}

const openingBudget = 2_000

/**
 * Lifts a Keyv, a Keyv adapter or a Map to a store. A Keyv has no step that checks and writes at once, so each entry
 * bears the tokens it was made under and an invalidation overwrites a token: see `KeyvCache`.
 *
 * It needs an adapter whose single keys are linearizable: Redis, a primary of Postgres or MySQL, memcached; on lagging
 * replicas the lag is the window in which an old value may be served. One adapter per Keyv, one Keyv per client.
 */
export function keyvStore(source: KeyvSource, options: KeyvStoreOptions = {}): Store {
  const adapter = new PlainAdapter(source, options.name)
  const shared = options.shared ?? !adapter.isMap
  let closing: Promise<void> | undefined
  return {
    name: adapter.name,
    capabilities: { atomic: false, shared, durable: !adapter.isMap, leases: false },
    open: async () => {
      await Promise.all([answersInTime(adapter), loadProtocol()])
    },
    cache: (scope) =>
      protocol !== undefined
        ? new protocol.KeyvCache(adapter, scope, shared)
        : laterVerbs(async () => new (await loadProtocol()).KeyvCache(adapter, scope, shared)),
    close: () => (closing ??= adapter.close()),
  }
}

let protocol: typeof import('./keyv-cache.js') | undefined

/** What the verbs do on a plain Keyv is loaded when one is opened: a process without a Keyv does not need it. */
const loadProtocol = async () => (protocol ??= await import('./keyv-cache.js'))

/** Asks for a key that never is, so that a store that is not there is noticed before the first call. */
async function answersInTime(adapter: PlainAdapter): Promise<void> {
  const late = () => new StoreError(`${adapter.name} did not answer within ${openingBudget} ms.`)
  await within(systemClock, openingBudget, adapter.getMany(['cs1:']), late)
}
