import { channel } from 'node:diagnostics_channel'

/** Why a read did not find a value that it may serve. */
export type MissReason =
  | 'absent'
  | 'expired'
  | 'outdated'
  | 'cleared'
  | 'tagged'
  | 'untrusted'
  | 'unreadable'
  | 'store-error'
  | 'disabled'
  | 'transaction'

/** Why a value was returned and not kept. */
export type NotStored =
  | 'fenced'
  | 'tagged'
  | 'cleared'
  | 'lost'
  | 'unless'
  | 'ttl'
  | 'value'
  | 'too-large'
  | 'callback'
  | 'store-error'

/** Everything that a cache tells: one closed union. `key` is the full key as text; do not log it where arguments are secret. */
export type CacheEvent =
  | {
      readonly type: 'hit'
      readonly cache: string
      readonly key: string
      readonly tier: 'memory' | 'store'
      readonly stale: boolean
    }
  | { readonly type: 'miss'; readonly cache: string; readonly key: string; readonly why: MissReason }
  | {
      readonly type: 'load'
      readonly cache: string
      readonly key: string
      /** `Class.method`, or the name of a wrapped function; undefined: a call on the cache itself. */
      readonly method: string | undefined
      readonly ms: number
      readonly behind: boolean
    }
  | {
      readonly type: 'load-error'
      readonly cache: string
      readonly key: string
      readonly method: string | undefined
      readonly ms: number
      readonly error: unknown
      readonly behind: boolean
    }
  | { readonly type: 'stored'; readonly cache: string; readonly key: string }
  | {
      readonly type: 'not-stored'
      readonly cache: string
      readonly key: string
      readonly why: NotStored
      readonly error?: unknown
    }
  | { readonly type: 'evict'; readonly cache: string; readonly keys: readonly string[] }
  | { readonly type: 'evict-tags'; readonly cache: string; readonly tags: readonly string[] }
  | { readonly type: 'clear'; readonly cache: string }
  | { readonly type: 'expire'; readonly cache: string; readonly keys: readonly string[] }
  | { readonly type: 'expire-tags'; readonly cache: string; readonly tags: readonly string[] }
  | { readonly type: 'bump'; readonly cache: string; readonly version: number }
  | { readonly type: 'store-error'; readonly cache: string; readonly verb: string; readonly error: unknown }
  | { readonly type: 'write-enqueued'; readonly cache: string; readonly operation: string; readonly id: string }
  /** It joined `into`, which had not begun to drain. */
  | {
      readonly type: 'write-coalesced'
      readonly cache: string
      readonly operation: string
      readonly id: string
      readonly into: string
    }
  /** A call of a sink ended, after `ms`. `calls` is how many ids it bore, `writes` how many writes they stand for; `error`: it failed. */
  | {
      readonly type: 'write-call'
      readonly cache: string
      readonly operation: string
      readonly calls: number
      readonly writes: number
      readonly ms: number
      readonly error?: unknown
    }
  | {
      readonly type: 'write-done'
      readonly cache: string
      readonly operation: string
      readonly id: string
      readonly writes: number
    }
  /** A call failed. `calls` is how many ids it bore; a batch is halved at once, one on its own waits `delay` ms. */
  | {
      readonly type: 'write-retry'
      readonly cache: string
      readonly operation: string
      readonly id: string
      readonly calls: number
      readonly attempt: number
      readonly delay: number
      readonly reason: string
    }
  | {
      readonly type: 'write-dead'
      readonly cache: string
      readonly operation: string
      readonly id: string
      readonly writes: number
      readonly reason: string
    }
  /** Kept, but cannot run: its service is not there, or its payload cannot be read by this release. */
  | {
      readonly type: 'write-parked'
      readonly cache: string
      readonly operation: string
      readonly writes: number
      readonly reason: string
    }
  /** A write-behind method answered a value, which nobody gets: told at the first drain that shows it. */
  | { readonly type: 'write-answered'; readonly cache: string; readonly operation: string }
  /** The sink fails for every key: it is asked again every `delay` ms, and nothing is given up. */
  | {
      readonly type: 'write-sink-out'
      readonly cache: string
      readonly operation: string
      readonly delay: number
      readonly reason: string
    }
  | { readonly type: 'write-sink-back'; readonly cache: string; readonly operation: string }
  /** The log refused: a write was not taken; opening it, or a mark, is tried again. */
  | {
      readonly type: 'write-log-failed'
      readonly cache: string
      readonly verb: 'open' | 'append' | 'claim' | 'done' | 'bury'
      readonly reason: string
    }

/** Who is told of events. */
export interface Observer {
  /** Which events it hears; one that does without `'hit'` costs a hit in memory nothing. @default all */
  readonly types?: readonly CacheEvent['type'][]
  on(event: CacheEvent): void
}

interface Listener {
  readonly observer: Observer
  readonly types: ReadonlySet<string> | undefined
}

/** Where the events of all managers are published, with the manager's namespace, while somebody subscribes. */
const published = channel('cachesmith:event')

/** Who listens. Steps ask `any` before they build an event, so that nobody listening costs nothing. */
export class Observers {
  /** Events that an observer threw on, or rejected; never the method's trouble. */
  failures = 0
  /** Made anew at each change: who is removed meanwhile still hears the event that is under way. */
  #all: readonly Listener[] = []
  #hearsHits = false

  /** `manager`: the namespace that is published with each event. */
  constructor(private readonly manager: string) {}

  get any(): boolean {
    return this.#all.length > 0 || published.hasSubscribers
  }

  /** The same for hits in memory, which are too quick to build an event that nobody wants. */
  get hits(): boolean {
    return this.#hearsHits || published.hasSubscribers
  }

  add(observer: Observer): () => void {
    const { types } = observer
    this.#become([...this.#without(observer), { observer, types: types && new Set(types) }])
    return () => this.#become(this.#without(observer))
  }

  #without(observer: Observer): Listener[] {
    return this.#all.filter((one) => one.observer !== observer)
  }

  #become(all: readonly Listener[]): void {
    this.#all = all
    this.#hearsHits = all.some(({ types }) => types === undefined || types.has('hit'))
  }

  emit(event: CacheEvent): void {
    const all = this.#all
    for (let at = 0; at < all.length; at++) {
      const { observer, types } = all[at]!
      if (types !== undefined && !types.has(event.type)) continue
      try {
        const answer: unknown = observer.on(event)
        if (answer instanceof Promise) answer.catch(() => this.failures++)
      } catch {
        this.failures++
      }
    }
    if (published.hasSubscribers) published.publish({ event, manager: this.manager })
  }
}
