/** Why a store has nothing that may be served. */
interface Absent {
  readonly why: 'absent' | 'outdated' | 'cleared' | 'tagged'
  readonly tag?: string
}

/** Who loads. Asked for only where another load of the key is under way: to tell takes time. */
export interface Loading {
  readonly method: unknown
}

/** A value for several callers. */
interface Shared {
  readonly value: unknown
  readonly copied: boolean
}

const nothing: Shared = { value: undefined, copied: false }
const idle: Promise<unknown> = Promise.resolve()

/** Callers of a load who may leave before its end. */
class Leavers {
  waiting = 0
  /** Why the last of those who waited has left, once that has happened. */
  left: { readonly reason: unknown } | undefined = undefined
  controller: AbortController | undefined = undefined
}

/**
 * A load in progress on one key. An invalidation detaches it: its callers get its value, nobody else joins, its fill is refused. Each miss
 * makes one: what few of them need is made when it is needed.
 */
export class Flight {
  detached = false
  /** How many synchronous parts of its loader are running: a call from there is the loader asking for itself. */
  starting = 0
  /** Its callers have given up on it (`loadTimeout`): nobody joins, but it may still be kept. */
  abandoned = false
  /** What memory held when it began: another thing there at its end means that somebody else has filled the key first. */
  seen: unknown = undefined
  /** What its own caller gets. */
  promise: Promise<unknown> = idle
  /** What those who joined get once it has ended: a copy each, where `copied`. */
  shared: Shared = nothing
  /** When it began, ms, where others share the store. */
  startedAt: number | undefined = undefined
  /** What the store said of the key before the load, for who asks why it missed. */
  absence: Absent | undefined = undefined
  /** Somebody waits who does not leave before its end. */
  private stays = false
  private leavers: Leavers | undefined = undefined

  constructor(
    readonly key: string,
    readonly by: Loading,
    readonly began: number,
    /** A refresh behind a hit: its callers have been served. */
    readonly behind = false,
  ) {}

  /** Falls when the last of those who waited has left. */
  get signal(): AbortSignal {
    const leavers = (this.leavers ??= new Leavers())
    if (leavers.controller === undefined) {
      leavers.controller = new AbortController()
      if (leavers.left !== undefined) leavers.controller.abort(leavers.left.reason)
    }
    return leavers.controller.signal
  }

  /** True when all who waited have left: how it ends is nobody's concern. */
  get deserted(): boolean {
    return this.leavers?.left !== undefined
  }

  /** One more who waits for it to its end. */
  stay(): void {
    this.stays = true
  }

  /** One more who waits, until `signal` falls: that rejects with its reason, and calls `deserted` when nobody is left. */
  wait<T>(outcome: Promise<T>, signal: AbortSignal, deserted: () => void): Promise<T> {
    const leavers = (this.leavers ??= new Leavers())
    leavers.waiting++
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(signal.reason)
        if (--leavers.waiting > 0 || this.stays) return
        leavers.left = { reason: signal.reason }
        deserted()
        leavers.controller?.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      const done = () => signal.removeEventListener('abort', leave)
      outcome.then(
        (value) => {
          done()
          resolve(value)
        },
        (error) => {
          done()
          reject(error)
        },
      )
    })
  }
}
