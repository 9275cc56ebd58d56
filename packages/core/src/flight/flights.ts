import { type Herd, Loads } from './loads.js'

/** What a fence needs to know of the cache's position. */
interface Standing {
  readonly n: number
  readonly moved: number
  stands(since: number, tags: readonly string[]): boolean
}

/** Why a store has nothing that may be served. */
interface Absent {
  readonly why: 'absent' | 'outdated' | 'cleared' | 'tagged'
  readonly tag?: string
}

/** Who loads. Asked for only where another load of the key is under way: to tell takes time. */
interface Loading {
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

/** A write-through in progress. Overlap with another one, or an invalidation of what it bears, spoils it: its result is not kept. */
export class Writing {
  spoiled = false
  /** Keys that were touched meanwhile, kept only while the own key is not known yet. */
  readonly touched: Set<string> | undefined
  constructor(
    public key: string | undefined,
    public began: number,
  ) {
    this.touched = key === undefined ? new Set() : undefined
  }
}

/** What is under way in one cache, by key. Small: it holds loads and writes in progress, nothing that has ended. */
export class Flights {
  readonly #loads = new Loads<Flight>()
  readonly #writes = new Set<Writing>()

  constructor(private readonly position: Standing) {}

  get size(): number {
    return this.#loads.size + this.#writes.size
  }

  /**
   * The load that a call of `method` on `key` may wait for: not detached, of the same method, no tag invalidated since it began. One
   * that callers wait for before a refresh behind; `own` are loads that this very call comes from.
   */
  joinable(key: string, by: Loading, own?: readonly Flight[]): Flight | undefined {
    const flights = this.#loads.get(key)
    if (flights.length === 0) return undefined
    const { method } = by
    const mayJoin = (f: Flight) =>
      f.by.method === method && f.starting === 0 && !f.abandoned && f.began >= this.position.moved && !own?.includes(f)
    return flights.find((f) => mayJoin(f) && !f.behind) ?? flights.find(mayJoin)
  }

  /** The loads of a method on a key whose loader's synchronous part is running: who calls now is that loader. */
  starting(key: string, { method }: Loading): readonly Flight[] | undefined {
    const own = this.#loads.get(key).filter((f) => f.starting > 0 && f.by.method === method)
    return own.length > 0 ? own : undefined
  }

  /** Something loads the key. */
  has(key: string): boolean {
    return this.#loads.size > 0 && this.#loads.get(key).length > 0
  }

  begin(key: string, by: Loading, behind = false): Flight {
    const flight = new Flight(key, by, this.position.n, behind)
    this.#loads.add(flight)
    return flight
  }

  /** The same for different keys, looked for together; `land` is to be called when that is over. */
  beginAll(keys: readonly string[], by: Loading): Herd<Flight> {
    return this.#loads.gather(keys.map((key) => new Flight(key, by, this.position.n)))
  }

  /** Those that are left go on one by one, the others have ended. */
  land(herd: Herd<Flight>, left: readonly Flight[]): void {
    this.#loads.disband(herd, left)
  }

  /** Runs the synchronous part of a loader, which is one for the loads of a method on all of these keys. */
  start<T>(keys: readonly string[], method: unknown, run: () => T): T {
    const own = keys.flatMap((key) => this.#loads.get(key).filter((f) => f.by.method === method))
    for (const flight of own) flight.starting++
    try {
      return run()
    } finally {
      for (const flight of own) flight.starting--
    }
  }

  /** Frees the key of a load that takes too long. Of many such loads on one key only the latest may still be kept. */
  abandon(flight: Flight): void {
    flight.abandoned = true
    const older = this.#loads.get(flight.key).filter((f) => f.abandoned && f !== flight)
    for (const f of older) {
      this.end(f)
      f.detached = true
    }
  }

  end(flight: Flight): void {
    if (!flight.detached) this.#loads.delete(flight)
  }

  /** True when a load may still be kept: nobody invalidated its key, nor any of its tags, nor all, since it began. */
  stands(flight: Flight, tags: readonly string[]): boolean {
    return !flight.detached && this.position.stands(flight.began, tags)
  }

  /** Voids what is under way on a key; `except` are the write-throughs whose own doing this is. */
  detach(key: string, except?: ReadonlySet<Writing>): void {
    for (const flight of this.#loads.get(key)) flight.detached = true
    this.#loads.deleteAll(key)
    for (const writing of this.#writes) {
      if (except?.has(writing)) continue
      if (writing.key === key) writing.spoiled = true
      else writing.touched?.add(key)
    }
  }

  detachAll(except?: ReadonlySet<Writing>): void {
    for (const flights of this.#loads.all()) for (const flight of flights) flight.detached = true
    this.#loads.clear()
    for (const writing of this.#writes) if (!except?.has(writing)) writing.spoiled = true
  }

  /** A write-through starts; two that overlap on one key spoil each other. */
  beginWriting(key: string | undefined): Writing {
    const writing = new Writing(key, this.position.n)
    this.#overlap(writing)
    this.#writes.add(writing)
    return writing
  }

  /** Its key has become known from its result. */
  name(writing: Writing, key: string): void {
    if (writing.touched?.has(key)) writing.spoiled = true
    writing.key = key
    this.#overlap(writing)
  }

  #overlap(writing: Writing): void {
    for (const other of this.#writes) {
      if (other === writing || other.key === undefined || other.key !== writing.key) continue
      other.spoiled = writing.spoiled = true
    }
  }

  endWriting(writing: Writing): void {
    this.#writes.delete(writing)
  }
}
