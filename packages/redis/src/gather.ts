interface Asked<Item> {
  readonly item: Item
  resolve(): void
  reject(error: unknown): void
}

/** What is asked for in one tick, or while a request is under way, goes in one request: one at a time, in the order of asking. */
export class Gather<Item> {
  #waiting: Asked<Item>[] = []
  #running = false

  /** `most` bounds how long Redis stands still for one request. */
  constructor(
    private readonly run: (items: readonly Item[]) => Promise<unknown>,
    private readonly most = 500,
  ) {}

  ask(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#running) return
      this.#running = true
      queueMicrotask(() => void this.#drain())
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.most)
      try {
        await this.run(group.map(({ item }) => item))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = false
  }
}
