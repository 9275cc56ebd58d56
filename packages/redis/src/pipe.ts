interface Batch {
  readonly turn: number
  readonly places: Map<string, number>
  readonly answer: Promise<readonly unknown[]>
}

/**
 * Reads of one cache that share a request: what is asked for in one tick goes out as one MGET, each name once. All
 * that one caller asks for is in the same request, so that it is answered as of one moment.
 */
export class Pipe {
  readonly #fetch: (names: string[]) => Promise<readonly unknown[]>
  readonly #most: number
  #open: Batch | undefined
  #turns = 0

  /** `most` bounds the names in one request, but for a caller who alone asks for more. */
  constructor(fetch: (names: string[]) => Promise<readonly unknown[]>, most = 1_000) {
    this.#fetch = fetch
    this.#most = most
  }

  /** What `use` makes of the values under these names, null for each that is not there, and of the number of the request. */
  ask<T>(names: readonly string[], use: (values: (string | null)[], turn: number) => T | Promise<T>): Promise<T> {
    if (this.#open && this.#open.places.size + names.length > this.#most) this.#open = undefined
    const batch = (this.#open ??= this.#begin())
    const { places } = batch
    const own = names.map((name) => {
      const known = places.get(name)
      if (known !== undefined) return known
      places.set(name, places.size)
      return places.size - 1
    })
    return batch.answer.then((values) =>
      use(
        own.map((place) => textOf(values[place])),
        batch.turn,
      ),
    )
  }

  #begin(): Batch {
    const places = new Map<string, number>()
    const answer = new Promise<readonly unknown[]>((resolve, reject) => {
      // After the microtasks: callers who came to this tick by different ways still go together.
      process.nextTick(() => {
        if (this.#open?.places === places) this.#open = undefined
        this.#fetch([...places.keys()]).then(resolve, reject)
      })
    })
    return { turn: ++this.#turns, places, answer }
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || value === null ? value : value === undefined ? null : String(value)
