import { Flight, type Loading } from './flight.js'
import { type Herd, Loads } from './loads.js'

/** What a fence needs to know of the cache's position. */
interface Standing {
  readonly n: number
  readonly moved: number
  stands(since: number, tags: readonly string[]): boolean
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
    return this.#loads.get(key).length > 0
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
