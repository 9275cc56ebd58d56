type Fetch = (names: string[]) => Promise<readonly unknown[]>

/** Names that go out in one request, the same first one in each. */
export class Batch {
  readonly names: string[]
  readonly answer: Promise<readonly unknown[]>
  readonly #places = new Map<string, number>()

  constructor(
    readonly turn: number,
    first: string,
    fetch: Fetch,
    gone: (batch: Batch) => void,
  ) {
    this.names = [first]
    this.answer = new Promise((resolve, reject) => {
      // After the microtasks: callers who came to this tick by different ways still go together.
      process.nextTick(() => {
        gone(this)
        fetch(this.names).then(resolve, reject)
      })
    })
  }

  /** One more name; the place of its value in the answer. */
  add(name: string): number {
    return this.names.push(name) - 1
  }

  /** The same for a name that others may ask for as well. */
  share(name: string): number {
    let place = this.#places.get(name)
    if (place === undefined) this.#places.set(name, (place = this.add(name)))
    return place
  }
}

/**
 * Reads of one cache that share a request: what is asked for in one tick goes out as one MGET. All that one caller adds
 * to a batch is in the same request, so that it is answered as of one moment.
 */
export class Pipe {
  readonly #first: string
  readonly #fetch: Fetch
  readonly #most: number
  #open: Batch | undefined
  #turns = 0

  /** `most` bounds the names in one request, but for a caller who alone asks for more. */
  constructor(first: string, fetch: Fetch, most = 1_000) {
    this.#first = first
    this.#fetch = fetch
    this.#most = most
  }

  /** The request to which so many names may be added, in this very step. */
  batch(names: number): Batch {
    const open = this.#open
    if (open !== undefined && (open.names.length === 1 || open.names.length + names <= this.#most)) return open
    return (this.#open = new Batch(++this.#turns, this.#first, this.#fetch, this.#gone))
  }

  readonly #gone = (batch: Batch): void => {
    if (this.#open === batch) this.#open = undefined
  }
}

/** A value of an answer: null for a name under which nothing stands. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : value === null || value === undefined ? null : String(value)
