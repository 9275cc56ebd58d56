import type { Store } from '../store/store.js'
import type { Breaker } from './breaker.js'
import type { InFlight } from './in-flight.js'

/** A store with what all caches on it share: one opening, one breaker, one bound on what is under way. */
export interface Access {
  readonly store: Store
  readonly breaker: Breaker
  readonly inFlight: InFlight
  /** Opens it, once; a failure is tried again at the next call. */
  readonly open: () => Promise<void>
  /** It was opened: a call need not wait for that. */
  readonly isOpen: boolean
}
