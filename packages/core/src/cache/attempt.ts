import type { Entry } from '../entry/entry.js'
import type { Shared } from '../entry/share.js'
import type { Flight } from '../flight/flight.js'
import type { MissReason } from '../kernel/events.js'
import { explained, hit } from './count.js'
import { give } from './give.js'
import type { Load, Parts } from './parts.js'

/** How a load ended for its callers; 'revalidate': the stale value of the store, which is to be refreshed behind. */
type How = 'fresh' | 'stale' | 'revalidate' | 'loaded'

/** Loads an entry anew behind its hit. */
export type Refresh = (parts: Parts, key: string, load: Load, entry: Entry) => void

/** A load on its way. An object and no closures: a hit in a store pays for each thing that is made for it. */
export class Attempt {
  #isTold = false

  constructor(
    readonly parts: Parts,
    readonly flight: Flight,
    readonly load: Load,
    readonly why: MissReason,
    readonly refresh: Refresh,
    public stale: Entry | undefined,
  ) {}

  /** Counts and tells how it ended for its callers, once. */
  tell(how: How): void {
    if (this.#isTold) return
    this.#isTold = true
    const { parts, flight, load, stale } = this
    const { key } = flight
    if (flight.behind) return
    if (how === 'loaded') {
      const { why, tag } = flight.absence ?? { why: 'absent' as const, tag: undefined }
      return explained(parts, key, load, why === 'absent' ? this.why : why, tag)
    }
    if (how === 'revalidate')
      parts.background.run(() => flight.promise.then(() => this.refresh(parts, key, load, stale!)))
    hit(parts, key, 'store', how !== 'fresh', load)
  }

  /** Gives a value to its caller, and to those who joined. */
  serve(value: Shared, how: How): unknown {
    this.tell(how)
    return this.give(value)
  }
  give(value: Shared): unknown {
    this.flight.shared = value
    return give(value)
  }

  /** It cannot even be said what the store has: nobody loads either. */
  refused(error: unknown): never {
    this.parts.flights.end(this.flight)
    throw error
  }
}
