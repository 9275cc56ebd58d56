interface Asked<Item, Answer> {
  readonly item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * A door through which callers go in groups: those of one tick together, and those who come while a group is under way
 * with the next. What a group costs (a statement, a commit, an fsync) is paid once for all in it; so is its failure.
 */
export class Together<Context, Item, Answer> {
  readonly #run: (context: Context, items: readonly Item[]) => Promise<readonly Answer[]>
  readonly #most: number
  readonly #sizeOf: (item: Item) => number
  #waiting: Asked<Item, Answer>[] = []
  #running = false

  /** `run` answers in the order of its items; a group grows until their sizes come to `most`. */
  constructor(
    run: (context: Context, items: readonly Item[]) => Promise<readonly Answer[]>,
    most = 5_000,
    sizeOf: (item: Item) => number = () => 1,
  ) {
    this.#run = run
    this.#most = most
    this.#sizeOf = sizeOf
  }

  /** `context` is what the group runs in, the same for all. */
  ask(context: Context, item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#running) return
      this.#running = true
      queueMicrotask(() => void this.#drain(context))
    })
  }

  async #drain(context: Context): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#count())
      try {
        const answers = await this.#run(
          context,
          group.map((asked) => asked.item),
        )
        for (const [place, asked] of group.entries()) asked.resolve(answers[place] as Answer)
      } catch (error) {
        for (const asked of group) asked.reject(error)
      }
    }
    this.#running = false
  }

  /** How many of those who wait go next. */
  #count(): number {
    let [count, size] = [0, 0]
    while (count < this.#waiting.length && size < this.#most) size += this.#sizeOf(this.#waiting[count++]!.item)
    return count
  }
}
