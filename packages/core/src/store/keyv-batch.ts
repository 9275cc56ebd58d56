/** One caller's read: names of entries, and of the tokens that judge them. */
interface Asked {
  readonly names: readonly string[]
  resolve(values: (string | undefined)[]): void
  reject(error: unknown): void
}

/** How many names one command asks for. */
const most = 500

/**
 * A door through which the reads of one turn of the event loop go as one command, each name once. What judges others is
 * asked for after all that is judged, also where a group takes several commands or an adapter reads it part by part:
 * later is only stricter.
 */
export class KeyvBatch {
  readonly #fetch: (names: readonly string[]) => Promise<readonly (string | undefined)[]>
  #waiting: Asked[] = []
  #judged = new Set<string>()
  #judging = new Set<string>()

  constructor(fetch: (names: readonly string[]) => Promise<readonly (string | undefined)[]>) {
    this.#fetch = fetch
  }

  /** The values of both, `judged` first. A failure of the group is the failure of all in it. */
  read(judging: readonly string[], judged: readonly string[]): Promise<(string | undefined)[]> {
    return new Promise((resolve, reject) => {
      for (const name of judged) this.#judged.add(name)
      for (const name of judging) this.#judging.add(name)
      this.#waiting.push({ names: [...judged, ...judging], resolve, reject })
      if (this.#waiting.length === 1) queueMicrotask(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    const group = this.#waiting
    const names = [...this.#judged, ...this.#judging]
    this.#waiting = []
    this.#judged = new Set()
    this.#judging = new Set()
    try {
      const values = new Map<string, string | undefined>()
      for (let at = 0; at < names.length; at += most) {
        const part = names.slice(at, at + most)
        const found = await this.#fetch(part)
        for (const [index, name] of part.entries()) values.set(name, found[index])
      }
      for (const asked of group) asked.resolve(asked.names.map((name) => values.get(name)))
    } catch (error) {
      for (const asked of group) asked.reject(error)
    }
  }
}
