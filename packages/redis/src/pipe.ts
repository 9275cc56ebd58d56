interface Batch {
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

  /** `most` bounds the names in one request, but for a caller who alone asks for more. */
  constructor(fetch: (names: string[]) => Promise<readonly unknown[]>, most = 1_000) {
    this.#fetch = fetch
    this.#most = most
  }

  /** The values under these names, null for each that is not there. */
  async ask(names: readonly string[]): Promise<(string | null)[]> {
    if (this.#open && this.#open.places.size + names.length > this.#most) this.#open = undefined
    const batch = (this.#open ??= this.#begin())
    for (const name of names) if (!batch.places.has(name)) batch.places.set(name, batch.places.size)
    const values = await batch.answer
    return names.map((name) => {
      const value = values[batch.places.get(name) as number]
      return value === null || value === undefined ? null : String(value)
    })
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
    return { places, answer }
  }
}
