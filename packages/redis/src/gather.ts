interface Asked<Item> {
  readonly item?: Item
  /** Instead of an item: what runs while no request is under way. */
  readonly work?: () => Promise<void>
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
    return this.#enter({ item })
  }

  /** Runs behind what was asked for before, and before what is asked for later. */
  alone(work: () => Promise<void>): Promise<void> {
    return this.#enter({ work })
  }

  #enter(asked: { item?: Item; work?: () => Promise<void> }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject })
      if (this.#running) return
      this.#running = true
      queueMicrotask(() => void this.#drain())
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lone = this.#waiting.findIndex(({ work }) => work !== undefined)
      const group = this.#waiting.splice(0, lone < 0 ? this.most : Math.max(1, Math.min(lone, this.most)))
      try {
        const work = group[0]?.work
        await (work ? work() : this.run(group.map(({ item }) => item as Item)))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = false
  }
}
