type Fetch = (names: string[]) => Promise<readonly unknown[]>

/** Names that go out in one request, the same first one in each. All that is added to it is answered as of one moment. */
export class Batch {
  readonly names: string[]
  readonly #fetch: Fetch
  #answer: Promise<readonly unknown[]> | undefined
  #places: Map<string, number> | undefined

  constructor(
    readonly turn: number,
    first: string,
    fetch: Fetch,
  ) {
    this.names = [first]
    this.#fetch = fetch
  }

  /** One more name; the place of its value in the answer. */
  add(name: string): number {
    return this.names.push(name) - 1
  }

  /** The same for a name that others may ask for as well. */
  share(name: string): number {
    this.#places ??= new Map()
    let place = this.#places.get(name)
    if (place === undefined) this.#places.set(name, (place = this.add(name)))
    return place
  }

  /** Sends it now, where it is not to wait: then no name can be added any more. */
  get answer(): Promise<readonly unknown[]> {
    this.#answer ??= this.#fetch(this.names)
    return this.#answer
  }

  /** It waits for all that is asked for in this tick, also by callers who come by other ways. */
  wait(gone: (batch: Batch) => void): void {
    this.#answer = new Promise((resolve, reject) => {
      process.nextTick(() => {
        gone(this)
        this.#fetch(this.names).then(resolve, reject)
      })
    })
  }
}

/** The requests of one cache: one for all that is asked for in one tick, as one MGET, or one of its own for who has gathered already. */
export class Pipe {
  readonly #first: string
  readonly #fetch: Fetch
  #open: Batch | undefined
  #turns = 0

  /** `most` bounds the names in one request, but for a caller who alone asks for more. */
  constructor(
    first: string,
    fetch: Fetch,
    readonly most = 1_000,
  ) {
    this.#first = first
    this.#fetch = fetch
  }

  /** The request of this tick to which so many names may be added, in this very step. */
  batch(names: number): Batch {
    const open = this.#open
    if (open !== undefined && (open.names.length === 1 || open.names.length + names <= this.most)) return open
    this.#open = this.own()
    this.#open.wait(this.#gone)
    return this.#open
  }

  /** A request that goes out when its answer is asked for. */
  own(): Batch {
    return new Batch(++this.#turns, this.#first, this.#fetch)
  }

  readonly #gone = (batch: Batch): void => {
    if (this.#open === batch) this.#open = undefined
  }
}

/** A value of an answer: null for a name under which nothing stands. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : value === null || value === undefined ? null : String(value)
